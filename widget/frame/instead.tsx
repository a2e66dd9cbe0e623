// What stands there where there is no conversation to show, and why.
import { errorName } from "../../web/ui/i18n/error_name.ts";
import { errorSentence } from "../../web/ui/i18n/errors.ts";
import { Icon } from "../../web/ui/src/icons.tsx";
import { Failed } from "../../web/ui/src/notices.tsx";
import type { FrameApp } from "./app.ts";
import { ownTabUrl } from "./config.ts";

function Blocked({ app, code }: { app: FrameApp; code: number }) {
  return (
    <div class="whole" role="alert" data-testid="problem" data-error={errorName(code)}>
      <Icon name="warning" />
      <p>{errorSentence(app.t.value, code)}</p>
    </div>
  );
}

/** In a page of its own the browser may allow what it refuses inside another. */
function Refused({ app }: { app: FrameApp }) {
  const t = app.t.value;
  return (
    <div class="whole" role="alert" data-testid="storage" data-mode="refused">
      <p>{t("storageRefused")}</p>
      {!app.ownTab && (
        <a class="primary" href={ownTabUrl(location.href)} target="_blank" rel="noopener">
          {t("openInTab")}
        </a>
      )}
    </div>
  );
}

function Ended({ app }: { app: FrameApp }) {
  const t = app.t.value;
  return (
    <div class="whole" role="status" data-testid="ended">
      <h2>{t("endedTitle")}</h2>
      <p>{t("endedMore")}</p>
      <button
        type="button"
        class="primary"
        data-testid="open-again"
        onClick={() => location.reload()}
      >
        {t("openAgain")}
      </button>
    </div>
  );
}

/** Somebody else may sit here, or nobody at all any more: nothing of what was said is drawn. */
function Veil({ app }: { app: FrameApp }) {
  const t = app.t.value;
  return (
    <div class="whole" role="status" data-testid="veil">
      {!app.identity.ended.value && (
        <>
          <Icon name="lock" />
          <p>{t("veiled")}</p>
        </>
      )}
    </div>
  );
}

function AskBeforeLeaving({ app }: { app: FrameApp }) {
  const t = app.t.value;
  const { identity } = app;
  return (
    <div class="whole" role="alert" data-testid="leave">
      <h2>{t("leaveTitle")}</h2>
      <p>{t("leaveMore", { n: identity.asks.value })}</p>
      <button
        type="button"
        class="primary"
        data-testid="leave-stay"
        onClick={() => identity.answer(false)}
      >
        {t("leaveStay")}
      </button>
      <button
        type="button"
        class="plain danger"
        data-testid="leave-go"
        onClick={() => identity.answer(true)}
      >
        {t("leaveGo")}
      </button>
    </div>
  );
}

/** Shown while `app.instead` holds. */
export function Instead({ app }: { app: FrameApp }) {
  const { session, identity } = app;
  if (app.ended.value) {
    return <Ended app={app} />;
  }
  if (identity.veiled.value) {
    return <Veil app={app} />;
  }
  if (identity.asks.value) {
    return <AskBeforeLeaving app={app} />;
  }
  if (session.storage.value === "refused") {
    return <Refused app={app} />;
  }
  if (session.failed.value) {
    return <Failed t={app.t.value} session={session} />;
  }
  return <Blocked app={app} code={app.blocked.value} />;
}
