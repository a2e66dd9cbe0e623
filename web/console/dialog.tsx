import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../ui/src/icons.tsx";
import type { Say } from "./i18n/index.ts";

export type DialogProps = {
  readonly t: Say;
  readonly title: string;
  readonly name: string;
  readonly children: ComponentChildren;
  onClose(): void;
};

/** The browser's own modal: it keeps the focus inside, Esc closes it, and the focus goes back. */
export function Dialog({ t, title, name, children, onClose }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  // Outside of its content only the backdrop is left.
  const beside = (event: MouseEvent) => {
    if (event.target === box.current) {
      onClose();
    }
  };
  return (
    <dialog
      ref={box}
      class={`dialog dialog-${name}`}
      aria-labelledby={`dialog-${name}`}
      data-testid={`dialog-${name}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        // Chromium closes without asking where Esc is pressed twice.
        if (box.current) {
          onClose();
        }
      }}
      onClick={beside}
    >
      <div class="dialog-sheet">
        <header class="dialog-head">
          <h2 id={`dialog-${name}`}>{title}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label={t("close")}
            title={t("close")}
            onClick={onClose}
          >
            <Icon name="cross" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
