// A day and a time of it, where there is little room.
import { intlTag, type Locale } from "../i18n/index.ts";

const MOMENT = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" } as const;

export function momentIn(locale: Locale, time_ms: number): string {
  return new Intl.DateTimeFormat(intlTag(locale), MOMENT).format(time_ms);
}

/** From one moment to another; their day is said once where it is the same. */
export function spanIn(locale: Locale, start_ms: number, end_ms: number): string {
  const same_day = new Date(start_ms).toDateString() === new Date(end_ms).toDateString();
  const { timeStyle, hourCycle } = MOMENT;
  const end = same_day ? { timeStyle, hourCycle } : MOMENT;
  const until = new Intl.DateTimeFormat(intlTag(locale), end).format(end_ms);
  return `${momentIn(locale, start_ms)} \u2013 ${until}`;
}
