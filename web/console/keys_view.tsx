import { Fragment } from "preact";
import { actions } from "./actions.ts";
import type { ConsoleApp } from "./app.ts";
import { Dialog } from "./dialog.tsx";

const GROUPS = ["keysInbox", "keysTalk", "keysRest"] as const;
const is_mac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** "Ctrl+K" and "g a" as their keys stand on this machine's keyboard. */
function caps(chord: string): string[] {
  const mac: Record<string, string> = { Ctrl: "\u2318", Alt: "\u2325" };
  return chord.split(/[+ ]/).map((cap) => (is_mac ? mac[cap] : undefined) ?? cap);
}

export function KeyCaps({ chord }: { chord: string }) {
  return (
    <span class="caps">
      {caps(chord).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}

export function KeyMap({ app }: { app: ConsoleApp }) {
  const { t } = app;
  return (
    <Dialog t={t} name="keys" title={t("keysTitle")} onClose={() => (app.dialog.value = "")}>
      <div class="key-groups">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{t(group)}</h3>
            <dl>
              {actions
                .filter((action) => action.group === group && (!action.needsAdmin || app.isAdmin))
                .map((action) => (
                  <Fragment key={action.id}>
                    <dt>
                      {action.keys.map((chord) => (
                        <KeyCaps key={chord} chord={chord} />
                      ))}
                    </dt>
                    <dd>{t(action.name)}</dd>
                  </Fragment>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="dialog-foot">{t("keysMore")}</p>
    </Dialog>
  );
}
