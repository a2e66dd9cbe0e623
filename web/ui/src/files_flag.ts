// What one page leaves for the next.

/** Set while an upload is under way, so that the next page goes on with it. */
export const UNDER_WAY = "shopbell.files";

export function isUnderWay(): boolean {
  try {
    return localStorage.getItem(UNDER_WAY) !== null;
  } catch {
    return false;
  }
}
