import { catalogs, type Locale } from "../ui/i18n/index.ts";
import { ring, soundOn } from "../ui/src/sound.ts";
import type { Theme } from "../ui/src/theme.ts";
import type { ConsoleApp } from "./app.ts";
import { Devices } from "./devices_view.tsx";
import { Dialog } from "./dialog.tsx";
import type { ConsoleKey } from "./i18n/index.ts";
import { KeyCaps } from "./keys_view.tsx";
import { permissionNow } from "./notifier.ts";
import { Profile } from "./profile_view.tsx";
import type { Choices } from "./settings.ts";

const LANGUAGES: Record<string, string> = {
  "zh-CN": "\u7b80\u4f53\u4e2d\u6587",
  en: "English",
  ar: "\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
};

const THEMES: Record<Theme, ConsoleKey> = {
  auto: "themeAuto",
  light: "themeLight",
  dark: "themeDark",
};

type SwitchProps = {
  readonly name: string;
  readonly title: string;
  readonly more?: string;
  readonly on: boolean;
  onChange(on: boolean): void;
};

function Switch({ name, title, more, on, onChange }: SwitchProps) {
  return (
    <div class="switch">
      <input
        id={`switch-${name}`}
        type="checkbox"
        checked={on}
        data-testid={`switch-${name}`}
        aria-describedby={more ? `more-${name}` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={`switch-${name}`}>
        {title}
        {more && <small id={`more-${name}`}>{more}</small>}
      </label>
    </div>
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
      <Switch
        name="notify"
        title={t("notify")}
        more={t("notifyMore")}
        on={settings.now.value.notify}
        onChange={(notify) => settings.set({ notify })}
      />
      {settings.now.value.notify && (
        <Switch
          name="preview"
          title={t("preview")}
          more={t("previewMore")}
          on={settings.now.value.preview}
          onChange={(preview) => settings.set({ preview })}
        />
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

function Appearance({ app }: { app: ConsoleApp }) {
  const { t, settings } = app;
  const choose = (value: string) => settings.set({ theme: value as Theme });
  return (
    <label class="choice">
      {t("theme")}
      <select
        class="field"
        value={settings.now.value.theme}
        data-testid="theme"
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {(Object.keys(THEMES) as Theme[]).map((theme) => (
          <option key={theme} value={theme}>
            {t(THEMES[theme])}
          </option>
        ))}
      </select>
    </label>
  );
}

/** One stroke at once, so that the agent hears what he chooses. */
function chooseSound(on: boolean): void {
  soundOn.value = on;
  ring();
}

export function SettingsView({ app }: { app: ConsoleApp }) {
  const { t, notifier } = app;
  notifier.permission.value = permissionNow();
  return (
    <Dialog t={t} name="settings" title={t("settings")} onClose={() => (app.dialog.value = "")}>
      <Profile app={app} />
      <Devices app={app} />
      <section class="setting">
        <h3>{t("alerts")}</h3>
        <Switch name="sound" title={t("sound")} on={soundOn.value} onChange={chooseSound} />
        <Notifications app={app} />
      </section>
      <section class="setting">
        <h3>{t("appearance")}</h3>
        <Language app={app} />
        <Appearance app={app} />
      </section>
      {app.isAdmin && (
        <section class="setting">
          <button
            type="button"
            class="secondary"
            data-testid="open-shop"
            onClick={() => app.openShop()}
          >
            {t("keyShop")} <KeyCaps chord="a" />
          </button>
        </section>
      )}
    </Dialog>
  );
}
