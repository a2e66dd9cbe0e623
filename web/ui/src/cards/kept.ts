// What somebody has begun to fill in, for as long as the page lives: a card may be drawn anew while
// messages come.
const begun = new Map<string, unknown>();

export function kept<T>(key: string, none: T): T {
  return (begun.get(key) as T | undefined) ?? none;
}

export function keep<T>(key: string, value: T): void {
  begun.set(key, value);
}
