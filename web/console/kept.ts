// What this device keeps of the workplace beside the engine's store: nothing that anybody wrote,
// only choices and the ids and places of conversations.
export type Kept<T> = { read(): T; write(value: T): void };

/** `check` answers undefined for what is not of the wanted form. */
export function kept<T>(
  storage: () => Storage,
  name: string,
  none: T,
  check: (value: unknown) => T | undefined,
): Kept<T> {
  return {
    read() {
      try {
        return check(JSON.parse(storage().getItem(name) ?? "null")) ?? none;
      } catch {
        // Unreadable or refused: as if nothing had been stored.
        return none;
      }
    },
    write(value) {
      try {
        storage().setItem(name, JSON.stringify(value));
      } catch {
        // It serves until the page is closed.
      }
    },
  };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
