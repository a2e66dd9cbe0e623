// Hears the keyboard; single letters rest while somebody writes or a dialog is open.
import { actions } from "./actions.ts";
import type { ConsoleApp } from "./app.ts";

const TEXT_FIELDS = "textarea, [contenteditable], select, input:not([type=checkbox], [type=radio])";

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches(TEXT_FIELDS);

/** A keyboard without Latin letters has them all the same, by their place. */
function letterOf({ key, code }: KeyboardEvent): string {
  const by_place = /^Key([A-Z])$/.exec(code)?.[1];
  const is_latin = /^[\x20-\x7e]$/.test(key) || key.length > 1;
  return is_latin || !by_place ? key : by_place.toLowerCase();
}

/** True where the chord was one of ours. */
function chord(app: ConsoleApp, event: KeyboardEvent): boolean {
  const command = event.ctrlKey !== event.metaKey;
  if (command && !event.altKey && !event.shiftKey && event.code === "KeyK") {
    app.dialog.value = app.dialog.value === "palette" ? "" : "palette";
    return true;
  }
  const digit = /^Digit([1-8])$/.exec(event.code)?.[1];
  if (event.altKey && !event.ctrlKey && !event.metaKey && digit && !app.dialog.value) {
    app.openNth(Number(digit) - 1);
    return true;
  }
  return false;
}

function single(app: ConsoleApp, event: KeyboardEvent): boolean {
  const { target } = event;
  const key = letterOf(event);
  const on_button = target instanceof HTMLElement && target.matches("button, summary, a, input");
  const action = actions.find(({ keys }) => keys[0] === key);
  const off_place = action?.needsTalk && !app.row.value;
  if (!action || off_place || (key === "Enter" && on_button)) {
    return false;
  }
  action.run(app);
  return true;
}

export function listenToKeys(app: ConsoleApp): void {
  const rests = (event: KeyboardEvent): boolean =>
    event.isComposing || event.defaultPrevented || !app.session.certified.value;
  // Chords are heard wherever the focus is, before anybody else keeps the press to himself.
  const chords = (event: KeyboardEvent): void => {
    if (!rests(event) && chord(app, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  document.addEventListener("keydown", chords, { capture: true });
  document.addEventListener("keydown", (event) => {
    if (rests(event) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    // "g" opens the settings, and "a" in them those of the shop.
    const to_shop = app.dialog.value === "settings" && letterOf(event) === "a" && app.isAdmin;
    if (to_shop && !writes(event.target)) {
      event.preventDefault();
      app.openShop();
    }
    if (app.dialog.value || app.shop.open.value) {
      return;
    }
    if (writes(event.target)) {
      if (event.key === "Escape") {
        (event.target as HTMLElement).blur();
      }
    } else if (event.key === "Escape" && app.customerOver.value) {
      app.customerOver.value = false;
    } else if (single(app, event)) {
      event.preventDefault();
    }
  });
}
