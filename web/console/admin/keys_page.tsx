// The shop's keys: what they are, and how to keep a copy.
import { Code, type PageProps } from "./parts.tsx";
import { ago, dateOf, momentOf } from "./times.ts";
import { isBackedUp } from "./admin_state.ts";
import { snooze, snoozedUntil } from "./snooze.ts";

const SOON_MS = 60 * 24 * 3_600_000;
const BACKUP = "shopbell keys backup shopbell-keys.txt --data DIR --passphrase";
const VERIFY = "shopbell keys verify shopbell-keys.txt --data DIR";

export function KeysPage({ say, locale, state, overview, nowMs }: PageProps) {
  const { backedUpMs, backupVerifiedMs, certificateEndMs } = overview;
  const safe = isBackedUp(overview);
  const saved = { date: momentOf(locale, backedUpMs), time: ago(say, nowMs - backedUpMs) };
  const ends_soon = certificateEndMs - nowMs < SOON_MS;
  const date = dateOf(locale, certificateEndMs);
  return (
    <>
      <p class="admin-lead">{say("keysLead")}</p>
      <p
        class={`notice ${safe ? "tone-ok" : "tone-warn"}`}
        data-testid="backup"
        data-saved={backedUpMs > 0}
        data-verified={backupVerifiedMs > 0}
      >
        {backedUpMs ? say("keysSaved", saved) : say("keysNever")}{" "}
        {backedUpMs > 0 &&
          (backupVerifiedMs
            ? say("keysVerified", { date: momentOf(locale, backupVerifiedMs) })
            : say("keysUnverified"))}
      </p>
      <h3>{say("keysHow")}</h3>
      <p class="admin-step">{say("keysBackup")}</p>
      <Code say={say} text={BACKUP} label={say("keysBackup")} />
      <p class="admin-step">{say("keysVerify")}</p>
      <Code say={say} text={VERIFY} label={say("keysVerify")} />
      <p class="admin-hint">{say("keysPut")}</p>
      <div class="admin-save">
        <button type="button" class="secondary" onClick={() => void state.refresh()}>
          {say("keysDone")}
        </button>
        {!safe && snoozedUntil.value < nowMs && (
          <button
            type="button"
            class="plain"
            data-testid="snooze"
            onClick={() => snooze(Date.now())}
          >
            {say("snooze")}
          </button>
        )}
        <p role="status" class="admin-done">
          {!safe &&
            snoozedUntil.value >= nowMs &&
            say("snoozed", { date: dateOf(locale, snoozedUntil.value) })}
        </p>
      </div>
      <p class={ends_soon ? "notice tone-warn" : "admin-hint"}>
        {say(ends_soon ? "keysCertificateSoon" : "keysCertificate", { date })}
      </p>
    </>
  );
}
