// The frame's parts that come after its first script, and how they are fetched.

export type Files = {
  readonly rest: string;
  readonly tools: string;
  readonly link: string;
  /** By language: what the first script says, and what all others say. */
  readonly words: Readonly<Record<string, string>>;
  readonly moreWords: Readonly<Record<string, string>>;
};

const NONE: Files = { rest: "", tools: "", link: "", words: {}, moreWords: {} };
const place = globalThis as { shopbellFiles?: Files };

/** The page's inline script is made last, so that it can know all names. */
export function leaveFiles(files: Files): void {
  place.shopbellFiles = files;
}

export const files = (): Files => place.shopbellFiles ?? NONE;

export const addressOf = (path: string | undefined): URL =>
  new URL(`../${path ?? ""}`, location.href);

const coming = new Map<string, Promise<unknown>>();
let failures = 0;

/** Rejects where it does not come; asked for again it is fetched again. */
export function bring<T>(path: string | undefined): Promise<T> {
  const url = addressOf(path);
  // Browsers remember under which address a script could not be had.
  url.hash = failures ? String(failures) : "";
  const known = coming.get(url.pathname);
  const fetched =
    known ??
    import(url.href).catch((error: unknown) => {
      failures++;
      coming.delete(url.pathname);
      throw error;
    });
  coming.set(url.pathname, fetched);
  return fetched as Promise<T>;
}
