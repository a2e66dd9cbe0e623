// Until when nobody wants to be reminded of the backup; kept in this browser.
import { signal, type ReadonlySignal } from "@preact/signals";

const STORED = "shopbell.console.backup_snooze";
const WEEK_MS = 7 * 24 * 3_600_000;

function stored(): number {
  try {
    return Number(localStorage.getItem(STORED)) || 0;
  } catch {
    return 0;
  }
}

const until = signal(stored());
export const snoozedUntil: ReadonlySignal<number> = until;

export function snooze(nowMs: number): void {
  until.value = nowMs + WEEK_MS;
  try {
    localStorage.setItem(STORED, String(until.value));
  } catch {
    // Then only until the next reload.
  }
}
