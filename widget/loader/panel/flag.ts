// The one thing that the shop's origin keeps: "open" or "closed" once a conversation has been
// opened there, with a plus behind it once something was written. A page may forbid storage.
import { FLAG } from "../core.ts";

export type Flag = { readonly isOpen: boolean; readonly wrote: boolean };

/** Nothing where there is none. */
export function flag(): Flag | undefined {
  try {
    const word = localStorage[FLAG] as string | undefined;
    return word ? { isOpen: /^open/.test(word), wrote: /\+$/.test(word) } : undefined;
  } catch {
    return undefined;
  }
}

/** On top of what is kept. */
export function keep(news: Partial<Flag>): void {
  const { isOpen, wrote } = { ...flag(), ...news };
  try {
    localStorage[FLAG] = (isOpen ? "open" : "closed") + (wrote ? "+" : "");
  } catch {
    // Then the next page begins as this one did.
  }
}

export function forget(): void {
  try {
    delete localStorage[FLAG];
  } catch {
    // There is nothing.
  }
}
