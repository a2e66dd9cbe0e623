// "open" or "closed" in the shop's origin, once a conversation has been opened there.
import { FLAG } from "../core.ts";

/** With a word it is kept, with an empty one it goes. A page may forbid storage altogether. */
export function flag(word?: string): string | undefined {
  try {
    if (word) {
      localStorage[FLAG] = word;
    } else if (word === "") {
      delete localStorage[FLAG];
    }
    return localStorage[FLAG] as string | undefined;
  } catch {
    return undefined;
  }
}
