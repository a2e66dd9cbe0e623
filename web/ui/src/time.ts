// Times as people say them.
import { intlTag, type Locale, type Translate } from "../i18n/index.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

// Making one takes longer than using it a hundred times.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: Locale, form: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${Object.entries(form).join()}`;
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(intlTag(locale), form);
  formatters.set(key, made);
  return made;
}

export function clockTime(locale: Locale, timeMs: number): string {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return formatter(locale, form).format(timeMs);
}

export function fullTime(locale: Locale, timeMs: number): string {
  const form = { dateStyle: "long", timeStyle: "medium", hourCycle: "h23" } as const;
  return formatter(locale, form).format(timeMs);
}

const midnight = (timeMs: number): number => new Date(timeMs).setHours(0, 0, 0, 0);

export function dayName(t: Translate, locale: Locale, timeMs: number, nowMs: number): string {
  // Rounded: days of 23 and 25 hours exist.
  const days = Math.round((midnight(nowMs) - midnight(timeMs)) / DAY_MS);
  if (days === 0) {
    return t("today");
  }
  if (days === 1) {
    return t("yesterday");
  }
  const same_year = new Date(timeMs).getFullYear() === new Date(nowMs).getFullYear();
  const year = same_year ? {} : ({ year: "numeric" } as const);
  const form = { month: "long", day: "numeric", ...year } as const;
  return formatter(locale, form).format(timeMs);
}

/** For lists: the nearer, the more as people say it. */
export function listTime(t: Translate, locale: Locale, timeMs: number, nowMs: number): string {
  const minutes = Math.floor((nowMs - timeMs) / 60_000);
  if (minutes < 1) {
    return t("justNow");
  }
  if (minutes < 60) {
    return t("minutesAgo", { n: minutes });
  }
  const days = Math.round((midnight(nowMs) - midnight(timeMs)) / DAY_MS);
  const time = clockTime(locale, timeMs);
  if (days < 2) {
    return days < 1 ? time : t("dayAt", { day: t("yesterday"), time });
  }
  return dayName(t, locale, timeMs, nowMs);
}

/** How long something has lasted, in its largest unit. */
export function span(t: Translate, ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) {
    return t("underMinute");
  }
  if (minutes < 60) {
    return t("minutes", { n: minutes });
  }
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? t("hours", { n: hours }) : t("days", { n: Math.floor(hours / 24) });
}
