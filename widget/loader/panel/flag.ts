// What the shop's origin keeps: "open" or "closed" once a conversation has been opened there, and
// that something was written in it. A page may forbid storage altogether.
import { FLAG } from "../core.ts";

const WROTE = `${FLAG}.wrote`;

function kept(name: string, word?: string): string | undefined {
  try {
    if (word) {
      localStorage[name] = word;
    } else if (word === "") {
      delete localStorage[name];
    }
    return localStorage[name] as string | undefined;
  } catch {
    return undefined;
  }
}

/** With a word it is kept, with an empty one it goes. */
export const flag = (word?: string): string | undefined => kept(FLAG, word);
export const wrote = (word?: string): string | undefined => kept(WROTE, word);
