import { catalogs, type Locale } from "../ui/i18n/index.ts";
import type { ConsoleApp } from "./app.ts";
import { Dialog } from "./dialog.tsx";
import type { ConsoleKey } from "./i18n/index.ts";
import { permissionNow } from "./notifier.ts";
import type { Choices } from "./settings.ts";

const LANGUAGES: Record<string, string> = {
  "zh-CN": "\u7b80\u4f53\u4e2d\u6587",
  en: "English",
  ar: "\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
};

type YesNo = "notify" | "preview";
type SwitchProps = { app: ConsoleApp; choice: YesNo; name: ConsoleKey; more: ConsoleKey };

function Switch({ app, choice, name, more }: SwitchProps) {
  const { t, settings } = app;
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={settings.now.value[choice]}
        data-testid={`switch-${choice}`}
        aria-describedby={`more-${choice}`}
        onChange={(event) => settings.set({ [choice]: event.currentTarget.checked })}
      />
      <span>
        {t(name)}
        <small id={`more-${choice}`}>{t(more)}</small>
      </span>
    </label>
  );
}

/** The browser is asked only here, by a button that says so. */
function Notifications({ app }: { app: ConsoleApp }) {
  const { t, notifier, settings } = app;
  const permission = notifier.permission.value;
  const ask = async () => {
    const granted = (await notifier.ask()) === "granted";
    settings.set({ notify: granted });
  };
  if (permission === "missing" || permission === "denied") {
    const sentence = permission === "denied" ? "notifyDenied" : "notifyMissing";
    return <p data-testid="notify-refused">{t(sentence)}</p>;
  }
  if (permission === "default") {
    return (
      <div class="ask">
        <button
          type="button"
          class="secondary"
          aria-describedby="ask-more"
          data-testid="notify-ask"
          onClick={() => void ask()}
        >
          {t("notifyAsk")}
        </button>
        <small id="ask-more">{t("notifyAskMore")}</small>
      </div>
    );
  }
  return (
    <>
      <Switch app={app} choice="notify" name="notify" more="notifyMore" />
      {settings.now.value.notify && (
        <Switch app={app} choice="preview" name="preview" more="previewMore" />
      )}
    </>
  );
}

function Language({ app }: { app: ConsoleApp }) {
  const { t, settings } = app;
  const choose = (value: string) => settings.set({ language: value as Choices["language"] });
  return (
    <label class="choice">
      {t("language")}
      <select
        class="field"
        value={settings.now.value.language}
        data-testid="language"
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">{t("languageAuto")}</option>
        {(Object.keys(catalogs) as Locale[]).map((locale) => (
          <option key={locale} value={locale} lang={locale}>
            {LANGUAGES[locale]}
          </option>
        ))}
      </select>
    </label>
  );
}

export function SettingsView({ app }: { app: ConsoleApp }) {
  const { t, notifier } = app;
  notifier.permission.value = permissionNow();
  return (
    <Dialog t={t} name="settings" title={t("settings")} onClose={() => (app.dialog.value = "")}>
      <section class="setting">
        <h3>{t("alerts")}</h3>
        <Notifications app={app} />
      </section>
      <section class="setting">
        <h3>{t("appearance")}</h3>
        <Language app={app} />
      </section>
    </Dialog>
  );
}
