// The frame's half of the talk with the loader. Only the parent window is heard, and only while it
// has the origin that the loader named; what is sent names that origin too.
export type PageInfo = { readonly url: string; readonly title: string };

export type FromPage = { readonly open: boolean; readonly page: PageInfo };

type Word = { type: "ready" } | { type: "close" } | { type: "unread"; count: number };

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function read(data: unknown): FromPage | undefined {
  if (typeof data !== "object" || data === null || !("shopbell" in data) || !("type" in data)) {
    return undefined;
  }
  const { type, page } = data as { type: unknown; page?: { url?: unknown; title?: unknown } };
  if (type !== "open" && type !== "close") {
    return undefined;
  }
  return { open: type === "open", page: { url: text(page?.url), title: text(page?.title) } };
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
