// The keyboard map; it rests while somebody writes.
import type { ConsoleApp } from "./app.ts";

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input, textarea, [contenteditable]");

export function listenToKeys(app: ConsoleApp): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (writes(event.target)) {
      if (event.key === "Escape") {
        (event.target as HTMLElement).blur();
      }
      return;
    }
    const { target } = event;
    const on_button = target instanceof HTMLElement && target.matches("button, summary");
    const actions: Record<string, () => void> = {
      j: () => app.step(1),
      k: () => app.step(-1),
      r: () => app.setMode("reply"),
      n: () => app.setMode("note"),
      ...(on_button ? {} : { Enter: () => app.openSelected() }),
    };
    const action = actions[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
