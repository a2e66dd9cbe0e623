// Makes the messages of a timeline answer: a small bar under the pointer or the keyboard's focus, a
// menu from it or by the menu key, a sheet by a long press. Draws into a place of its own.
import { render } from "preact";
import { toolsIn, type Tell } from "../../i18n/tools/index.ts";
import { Glyph } from "./glyphs.tsx";
import type { About, AttachTools, ToolsHost } from "./host.ts";
import { Menu } from "./menu.tsx";
import { subjectOf, type Subject } from "./subject.ts";

const LONG_PRESS_MS = 450;
const STILL_PX = 10;
const BAR_RISE_PX = 18;
const MENU_ROOM_PX = 280;
const SAID_MS = 1600;
/** Firefox counts lines. */
const WHEEL_LINE_PX = 16;

type Open = { readonly bubble: HTMLElement; readonly subject: Subject };
type Look = "bar" | "menu" | "sheet";

const bubbleOf = (target: EventTarget | null): HTMLElement | undefined => {
  const found = target instanceof Element ? target.closest<HTMLElement>(".bubble") : null;
  return found ?? undefined;
};

class Tools {
  private open: Open | undefined;
  private look: Look = "bar";
  private press: { timer: number; x: number; y: number } | undefined;
  private pressed = false;
  private said = "";
  private readonly listening = new AbortController();
  private readonly box: HTMLElement;
  private readonly timeline: HTMLElement | undefined;

  constructor(
    private readonly place: HTMLElement,
    private readonly host: ToolsHost,
  ) {
    this.box = place.parentElement as HTMLElement;
    const { signal } = this.listening;
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      act: (event: HTMLElementEventMap[K]) => void,
    ) => this.box.addEventListener(type, act as EventListener, { signal });
    on("pointerover", (event) => event.pointerType === "mouse" && this.hover(event.target));
    on("pointerleave", () => this.look === "bar" && this.hide());
    on("focusin", (event) => this.focused(event.target));
    on("keydown", (event) => this.key(event));
    on("pointerdown", (event) => event.pointerType !== "mouse" && this.press_begins(event));
    on("pointermove", (event) => this.press_moves(event));
    on("pointerup", () => this.press_ends());
    on("pointercancel", () => this.press_ends());
    on("contextmenu", (event) => this.context(event));
    on("click", (event) => this.click(event));
    this.timeline = this.box.querySelector<HTMLElement>(".timeline") ?? undefined;
    this.box.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: true });
    // Once the timeline has found its place in the new size.
    const again = () => signal.aborted || this.draw();
    window.addEventListener("resize", () => window.setTimeout(again), { signal });
    this.timeline?.addEventListener(
      "scroll",
      () => {
        this.press_ends();
        if (this.look === "bar") {
          this.hide();
        }
      },
      { signal, passive: true },
    );
    this.box.classList.add("with-tools");
  }

  end(): void {
    this.press_ends();
    this.listening.abort();
    this.box.classList.remove("with-tools");
    render(null, this.place);
  }

  private hover(target: EventTarget | null): void {
    const bubble = bubbleOf(target);
    if (this.look === "bar" && bubble && bubble !== this.open?.bubble) {
      this.show(bubble, "bar");
    }
  }

  private focused(target: EventTarget | null): void {
    const bubble = bubbleOf(target);
    if (bubble && bubble === target && bubble.matches(":focus-visible")) {
      this.show(bubble, "bar");
    } else if (this.look === "bar" && !this.place.contains(target as Node)) {
      this.hide();
    }
  }

  private key(event: KeyboardEvent): void {
    const bubble = bubbleOf(event.target);
    const wants_menu = event.key === "ContextMenu" || (event.shiftKey && event.key === "F10");
    const presses = event.target === bubble && (event.key === "Enter" || event.key === " ");
    if (bubble && (wants_menu || presses)) {
      event.preventDefault();
      event.stopPropagation();
      this.show(bubble, "menu");
    } else if (event.key === "Escape" && this.open && this.look === "bar") {
      const held = this.place.contains(event.target as Node);
      if (held) {
        event.preventDefault();
        this.open.bubble.focus();
      }
      this.hide();
    }
  }

  private press_begins(event: PointerEvent): void {
    this.pressed = false;
    const bubble = bubbleOf(event.target);
    if (!bubble || !event.isPrimary) {
      return;
    }
    this.press_ends();
    const timer = window.setTimeout(() => {
      this.pressed = true;
      this.show(bubble, "sheet");
    }, LONG_PRESS_MS);
    this.press = { timer, x: event.clientX, y: event.clientY };
  }

  private press_moves({ clientX, clientY }: PointerEvent): void {
    const { x = clientX, y = clientY } = this.press ?? {};
    if (Math.hypot(clientX - x, clientY - y) > STILL_PX) {
      this.press_ends();
    }
  }

  private press_ends(): void {
    window.clearTimeout(this.press?.timer);
    this.press = undefined;
  }

  /** The system's own menu of a long press, or of the menu key, would lie over ours. */
  private context(event: MouseEvent): void {
    const from_mouse = event instanceof PointerEvent && event.pointerType === "mouse";
    if (this.pressed || (this.look !== "bar" && this.open) || (!from_mouse && this.press)) {
      event.preventDefault();
    }
  }

  /** What floats over the messages is not in the way of who turns the wheel. */
  private wheel({ target, deltaY, deltaMode }: WheelEvent): void {
    const over = target instanceof Element && target.closest(".tools-bar, .to-latest");
    if (over) {
      const unit = deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1;
      this.timeline?.scrollBy({ top: deltaY * unit });
    }
  }

  /** The finger that leaves after a long press presses nothing. */
  private click(event: MouseEvent): void {
    if (this.pressed && bubbleOf(event.target)) {
      event.preventDefault();
      event.stopPropagation();
    }
    this.pressed = false;
  }

  private show(bubble: HTMLElement, look: Look): void {
    const subject = subjectOf(this.host, bubble.dataset["key"] ?? "");
    if (!subject) {
      this.hide();
      return;
    }
    this.open = { bubble, subject };
    this.look = look;
    this.draw();
  }

  private hide(): void {
    this.open = undefined;
    this.look = "bar";
    this.draw();
  }

  private close(): void {
    const bubble = this.open?.bubble;
    this.hide();
    if (bubble?.isConnected) {
      bubble.focus({ preventScroll: true });
    }
    this.hide();
  }

  private get t(): Tell {
    return toolsIn(this.host.locale());
  }

  private take(kind: About["kind"]): void {
    const { log, item } = (this.open as Open).subject;
    this.hide();
    this.host.take({ kind, log, item });
  }

  private async copy(): Promise<void> {
    const { words } = (this.open as Open).subject;
    this.close();
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      copyBySelection(words);
    }
    this.said = this.t("copied");
    this.draw();
    window.setTimeout(() => {
      this.said = "";
      this.draw();
    }, SAID_MS);
  }

  /** Above the message, from its outer edge inwards: there is room also beside a short one. */
  private style_at(rise: number): Record<string, string> {
    const { bubble } = this.open as Open;
    const around = this.box.getBoundingClientRect();
    const at = bubble.getBoundingClientRect();
    const top = Math.max(4, at.top - around.top - rise);
    const own = bubble.closest(".mine, .team, .note") !== null;
    const right_side = own !== (document.documentElement.dir === "rtl");
    return right_side
      ? { top: `${top}px`, right: `${Math.max(8, around.right - at.right - 8)}px` }
      : { top: `${top}px`, left: `${Math.max(8, at.left - around.left - 8)}px` };
  }

  private menu_style(): Record<string, string> {
    const { bubble } = this.open as Open;
    const around = this.box.getBoundingClientRect();
    const at = bubble.getBoundingClientRect();
    const { top, ...side } = this.style_at(0);
    // What one speaks of stays in sight where there is room.
    if (around.bottom - at.bottom > MENU_ROOM_PX) {
      return { ...side, top: `${at.bottom - around.top + 4}px` };
    }
    if (at.top - around.top > MENU_ROOM_PX) {
      return { ...side, bottom: `${around.bottom - at.top + 4}px` };
    }
    const below = around.bottom - at.top > MENU_ROOM_PX;
    return below
      ? { ...side, top: top ?? "" }
      : { ...side, bottom: `${Math.max(4, around.bottom - Math.min(at.bottom, around.bottom))}px` };
  }

  private bar() {
    const { t } = this;
    const { bubble, subject } = this.open as Open;
    const menu = () => this.show(bubble, "menu");
    return (
      <div class="tools-bar" style={this.style_at(BAR_RISE_PX)} data-testid="tools">
        {subject.canReact && (
          <Tool icon="smile" word={t("react")} testid="bar-react" onPress={menu} />
        )}
        {subject.canReply && (
          <Tool
            icon="reply" word={t("reply")} testid="bar-reply" onPress={() => this.take("reply")}
          />
        )}
        <Tool icon="dots" word={t("more")} testid="bar-more" onPress={menu} />
      </div>
    );
  }

  private menu() {
    const { subject } = this.open as Open;
    const { log, item } = subject;
    const closing = (act: () => void) => () => {
      this.close();
      act();
    };
    return (
      <Menu
        key={item.key}
        t={this.t}
        locale={this.host.locale()}
        subject={subject}
        sheet={this.look === "sheet"}
        style={this.menu_style()}
        onReply={() => this.take("reply")}
        onEdit={() => this.take("edit")}
        onRecall={closing(() => this.host.recall(log, item))}
        onReact={(emoji, off) => closing(() => this.host.react(log, item, emoji, off))()}
        onCopy={() => void this.copy()}
        onClose={() => this.close()}
      />
    );
  }

  private draw(): void {
    const { open, look } = this;
    render(
      <>
        {open && look === "bar" && this.bar()}
        {open && look === "sheet" && <div class="tools-veil" />}
        {open && look !== "bar" && this.menu()}
        <p class={`tools-said${this.said ? "" : " hidden-words"}`} role="status">
          {this.said}
        </p>
      </>,
      this.place,
    );
  }
}

type ToolProps = {
  icon: "smile" | "reply" | "dots";
  word: string;
  testid: string;
  onPress: () => void;
};

/** Reached by the keyboard through the menu key; a stop of its own at each message is no help. */
function Tool({ icon, word, testid, onPress }: ToolProps) {
  return (
    <button
      type="button" tabIndex={-1} aria-label={word} title={word} data-testid={testid}
      onClick={onPress}
    >
      <Glyph name={icon} />
    </button>
  );
}

/** Inside a frame the clipboard may be shut; what is selected can be copied all the same. */
function copyBySelection(words: string): void {
  const field = document.createElement("textarea");
  field.value = words;
  field.className = "hidden-words";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

export const attachTools: AttachTools = (place, host) => {
  const tools = new Tools(place, host);
  return () => tools.end();
};
