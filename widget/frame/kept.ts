// Two small things that the browser keeps beside the device's own store. Where it keeps nothing the
// frame works all the same.
const SHOWN = "shopbell.shown";
const KNOWN = "shopbell.known";

function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** What this tab showed last, for the next page of the shop: a log, the list, or nothing. */
export function lastShown(): string | "list" | undefined {
  return quietly(() => sessionStorage.getItem(SHOWN)) ?? undefined;
}

/** "" for a conversation that is not begun: the next page decides anew. */
export function keepShown(log: string | "list"): void {
  quietly(() => (log ? sessionStorage.setItem(SHOWN, log) : sessionStorage.removeItem(SHOWN)));
}

/** Whether there was a conversation here before: then no greeting stands in its place meanwhile. */
export function wasHere(): boolean {
  return quietly(() => localStorage.getItem(KNOWN)) === "1";
}

export function keepHere(): void {
  quietly(() => localStorage.setItem(KNOWN, "1"));
}

/** With the device goes what was known of it. */
export function forgetAll(): void {
  quietly(() => sessionStorage.removeItem(SHOWN));
  quietly(() => localStorage.removeItem(KNOWN));
}
