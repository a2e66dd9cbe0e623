import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../web/ui/src/icons.tsx";
import { soundOn } from "../../web/ui/src/sound.ts";
import type { FrameApp } from "./app.ts";
import { find } from "./finding.ts";
import { Mark } from "./icons.tsx";

const MOVES: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** A few choices behind three dots; arrows move, Escape and a touch elsewhere close. */
export function Menu({ app }: { app: FrameApp }) {
  const t = app.t.value;
  const [open, set_open] = useState(app.asked.peek() === "menu");
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const items = () => [...(box.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];

  useLayoutEffect(() => {
    if (!open) {
      return undefined;
    }
    items()[0]?.focus();
    // The window is what loses the focus to the page around.
    const outside = ({ target }: Event) => {
      if (!(target instanceof Node && box.current?.contains(target))) {
        set_open(false);
      }
    };
    document.addEventListener("pointerdown", outside);
    window.addEventListener("blur", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      window.removeEventListener("blur", outside);
    };
  }, [open]);

  const keydown = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = MOVES[event.key];
    if (open && event.key === "Escape") {
      event.preventDefault();
      set_open(false);
      button.current?.focus();
    } else if (event.key === "Tab") {
      set_open(false);
    } else if (step && !open) {
      event.preventDefault();
      set_open(true);
    } else if (step) {
      event.preventDefault();
      all[(at + step + all.length) % all.length]?.focus();
    }
  };
  const choose = (act: () => void) => () => {
    set_open(false);
    button.current?.focus();
    act();
  };
  return (
    <div class="menu" ref={box} onKeyDown={keydown}>
      <button
        type="button"
        class="head-tool"
        ref={button}
        aria-label={t("menu")}
        title={t("menu")}
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid="menu"
        onClick={() => set_open(!open)}
      >
        <Mark name="more" />
      </button>
      {open && (
        <div class="menu-items" role="menu" aria-label={t("menu")}>
          <button
            type="button"
            role="menuitemcheckbox"
            aria-checked={soundOn.value}
            tabIndex={-1}
            data-testid="sound"
            onClick={() => (soundOn.value = !soundOn.value)}
          >
            <span class="check">{soundOn.value && <Icon name="tick" />}</span>
            {t("sound")}
          </button>
          {app.finder.value && (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-testid="find"
              onClick={choose(() => find(app))}
            >
              <span class="check">
                <Mark name="search" />
              </span>
              {t("find")}
            </button>
          )}
          {app.files.value?.can.value && app.conversation.value.items.length > 0 && (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-testid="gallery-open"
              onClick={choose(() => app.files.peek()?.gallery())}
            >
              <span class="check">
                <Mark name="shown" />
              </span>
              {t("gallery")}
            </button>
          )}
          {app.canStartNew.value && (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-testid="link-device"
              onClick={choose(() => app.linking.open({ make: true }))}
            >
              <span class="check">
                <Mark name="link" />
              </span>
              {t("linkDevice")}
            </button>
          )}
          {app.canStartNew.value && (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-testid="start-new"
              onClick={choose(() => app.startNew())}
            >
              <span class="check">
                <Mark name="pen" />
              </span>
              {t("newConversation")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
