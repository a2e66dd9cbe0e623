// Times as people say them.
import { intlTag, type Locale } from "../../ui/i18n/index.ts";
import type { Say } from "./i18n/index.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function ago(say: Say, ms: number): string {
  if (ms < MINUTE_MS) {
    return say("justNow");
  }
  if (ms < HOUR_MS) {
    return say("minutesAgo", { n: Math.floor(ms / MINUTE_MS) });
  }
  return ms < DAY_MS
    ? say("hoursAgo", { n: Math.floor(ms / HOUR_MS) })
    : say("daysAgo", { n: Math.floor(ms / DAY_MS) });
}

export function dateOf(locale: Locale, ms: number): string {
  return new Intl.DateTimeFormat(intlTag(locale), { dateStyle: "long" }).format(ms);
}

export function momentOf(locale: Locale, ms: number): string {
  const form = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(intlTag(locale), form).format(ms);
}
