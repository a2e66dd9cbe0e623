import { errorName } from "../i18n/error_name.ts";
import { errorSentence } from "../i18n/errors.ts";
import type { Translate } from "../i18n/index.ts";
import { Icon } from "./icons.tsx";
import { isOfDevice, type Problem, type Session } from "./session.ts";

/** What passes by itself is no news: the status line speaks of it while it lasts. */
const PASSING: ReadonlySet<string> = new Set([
  "card_stale", "no_epoch_key", "no_session", "counter_gap", "epoch_closed", "grant_taken", "busy",
  "unreachable", "quota",
]);

/** Problems of the device and of the log that is shown. */
export function Problems(props: { t: Translate; session: Session; log: string }) {
  const { t, session, log } = props;
  const of_log = (problem: Problem) => isOfDevice(problem) || problem.log === log;
  const told = session.problems.value.filter(
    (problem) => of_log(problem) && !PASSING.has(errorName(problem.code)),
  );
  return (
    <>
      {session.full.value && (
        <p class="notice tone-warn" role="alert" data-testid="full">
          {t("outboxFull")}
        </p>
      )}
      {told.map((problem) => (
        <div
          key={`${problem.code} ${problem.log}`}
          class="notice tone-danger"
          role="alert"
          data-testid="problem"
          data-error={errorName(problem.code)}
        >
          <Icon name="warning" />
          <p>{errorSentence(t, problem.code)}</p>
          <button type="button" class="plain" onClick={() => session.dismiss(problem)}>
            {t("dismiss")}
          </button>
        </div>
      ))}
    </>
  );
}

/** The device could not be started, or its store failed again and again. */
export function Failed({ t, session }: { t: Translate; session: Session }) {
  const store = session.problems.value.find(({ code }) => errorName(code).startsWith("store_"));
  return (
    <div class="whole" role="alert" data-testid="failed" data-error={errorName(store?.code ?? 0)}>
      <p>{store ? errorSentence(t, store.code) : t("startFailed")}</p>
      <button
        type="button"
        class="primary"
        data-testid="try-again"
        onClick={() => session.restart()}
      >
        {t("tryAgain")}
      </button>
    </div>
  );
}

export function StorageNotice({ t, session }: { t: Translate; session: Session }) {
  const mode = session.storage.value;
  if (mode !== "session") {
    return null;
  }
  return (
    <p class="notice tone-warn" data-testid="storage" data-mode={mode}>
      {t("storageSession")}
    </p>
  );
}
