import { refusalSentence } from "../ui/i18n/errors.ts";
import { Icon } from "../ui/src/icons.tsx";
import { clockTime } from "../ui/src/time.ts";
import type { ConsoleApp } from "./app.ts";
import { Dialog } from "./dialog.tsx";
import type { Unsent } from "./unsent.ts";

function UnsentRow({ app, unsent }: { app: ConsoleApp; unsent: Unsent }) {
  const { t } = app;
  const { row, isNote, item } = unsent;
  const show = () => {
    app.dialog.value = "";
    app.open(row);
  };
  return (
    <li>
      <button type="button" class="unsent" data-testid="unsent-message" onClick={show}>
        <span class="row-head">
          <span class="row-name">
            {app.nameOf(row)}
            {isNote && ` \u00b7 ${t("unsentNote")}`}
          </span>
          <time>{clockTime(app.locale.value, item.timeMs)}</time>
        </span>
        <span class="unsent-text">
          <bdi>{item.text}</bdi>
        </span>
        {item.refused !== 0 && (
          <span class="unsent-refused">
            <Icon name="warning" />
            {refusalSentence(t, item.refused)}
          </span>
        )}
      </button>
    </li>
  );
}

export function UnsentList({ app }: { app: ConsoleApp }) {
  const { t } = app;
  const unsent = app.unsent.value;
  return (
    <Dialog t={t} name="unsent" title={t("unsentTitle")} onClose={() => (app.dialog.value = "")}>
      <p class="dialog-lead">{t(unsent.length ? "unsentMore" : "unsentNone")}</p>
      <ul class="choices">
        {unsent.map((each) => (
          <UnsentRow key={`${each.row.key} ${each.item.key}`} app={app} unsent={each} />
        ))}
      </ul>
    </Dialog>
  );
}
