// The stable names of the errors, apart from their sentences, which come later to a first open.
import { errorNames, type Errc } from "../../engine/src/gen/errors.ts";

export type ErrorName = keyof typeof Errc;

/** The stable name of an error number, or "unknown". */
export function errorName(code: number): ErrorName | "unknown" {
  return errorNames[code] ?? "unknown";
}
