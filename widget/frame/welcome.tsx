import type { FrameApp } from "./app.ts";
import type { SentenceKey } from "./i18n/index.ts";

const MORNING_H = 5;
const NOON_H = 12;
const EVENING_H = 18;
const CHIPS: readonly SentenceKey[] = ["chipOrder", "chipReturn", "chipWarranty"];

export function greetingAt(hour: number): SentenceKey {
  if (hour < MORNING_H || hour >= EVENING_H) {
    return "goodEvening";
  }
  return hour < NOON_H ? "goodMorning" : "goodAfternoon";
}

/** Before the first word: a greeting, and what customers ask most; a touch asks it. */
export function Welcome({ app }: { app: FrameApp }) {
  const t = app.t.value;
  return (
    <div class="welcome" data-testid="welcome">
      <h2>{t(greetingAt(new Date().getHours()))}</h2>
      <p>{t("welcome")}</p>
      {app.cleared && <p data-testid="cleared">{t("cleared")}</p>}
      <ul class="chips" aria-label={t("oftenAsked")}>
        {CHIPS.map((key) => (
          <li key={key}>
            <button type="button" data-testid="chip" onClick={() => app.send(t(key))}>
              {t(key)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
