// The frame's half of the talk with the loader. Only the parent window is heard, and only while it
// has the origin that the loader named; what is sent names that origin too.
export type PageInfo = { readonly url: string; readonly title: string };

export type FromPage = { readonly open: boolean; readonly page: PageInfo };

type Word = { type: "ready" } | { type: "close" } | { type: "unread"; count: number };

// A page can have an address or a title of any length; the first message must not fail for it.
const URL_MAX = 2000;
const TITLE_MAX = 200;

const text = (value: unknown, max: number): string =>
  typeof value === "string" ? value.slice(0, max) : "";

function read(data: unknown): FromPage | undefined {
  if (typeof data !== "object" || data === null || !("shopbell" in data) || !("type" in data)) {
    return undefined;
  }
  const { type, page } = data as { type: unknown; page?: { url?: unknown; title?: unknown } };
  if (type !== "open" && type !== "close") {
    return undefined;
  }
  const seen = { url: text(page?.url, URL_MAX), title: text(page?.title, TITLE_MAX) };
  return { open: type === "open", page: seen };
}

export class HostPage {
  constructor(
    private readonly origin: string,
    listener: (word: FromPage) => void,
  ) {
    window.addEventListener("message", (event) => {
      const word = read(event.data);
      if (event.source === window.parent && event.origin === origin && word) {
        listener(word);
      }
    });
  }

  say(word: Word): void {
    if (window.parent !== window && this.origin) {
      window.parent.postMessage({ shopbell: 1, ...word }, this.origin);
    }
  }
}
