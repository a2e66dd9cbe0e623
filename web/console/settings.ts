// The choices of the person at this device.
import { signal, type Signal } from "@preact/signals";
import { catalogs, type Locale } from "../ui/i18n/index.ts";
import type { Theme } from "../ui/src/theme.ts";
import { isObject, kept } from "./kept.ts";

export type Choices = {
  /** Empty: as the browser. */
  readonly language: Locale | "";
  readonly theme: Theme;
  readonly notify: boolean;
  /** A notification shows the first words. */
  readonly preview: boolean;
  readonly away: boolean;
  readonly inboxFolded: boolean;
  readonly customerFolded: boolean;
};

const NONE: Choices = {
  language: "",
  theme: "auto",
  notify: false,
  preview: true,
  away: false,
  inboxFolded: false,
  customerFolded: false,
};

function checked(value: unknown): Choices | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const yes = (name: keyof Choices): boolean =>
    typeof value[name] === "boolean" ? value[name] : NONE[name] === true;
  const language = Object.keys(catalogs).find((each) => each === value["language"]);
  const theme = (["light", "dark"] as const).find((each) => each === value["theme"]);
  return {
    language: (language as Locale | undefined) ?? "",
    theme: theme ?? "auto",
    notify: yes("notify"),
    preview: yes("preview"),
    away: yes("away"),
    inboxFolded: yes("inboxFolded"),
    customerFolded: yes("customerFolded"),
  };
}

export class Settings {
  private readonly store = kept(() => localStorage, "shopbell.console.choices", NONE, checked);
  readonly now: Signal<Choices> = signal(this.store.read());

  set(change: Partial<Choices>): void {
    this.now.value = { ...this.now.value, ...change };
    this.store.write(this.now.value);
  }
}
