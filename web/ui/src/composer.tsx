import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Locale, Translate } from "../i18n/index.ts";
import { Icon } from "./icons.tsx";
import { CompositionGuard } from "./ime.ts";
import { fitsInOneMessage } from "./session.ts";
import type { OpenPicker } from "./tools/host.ts";

export type ComposerProps = {
  readonly t: Translate;
  readonly draft: string;
  readonly placeholder: string;
  /** What a screen reader says of the field. */
  readonly label: string;
  readonly sendLabel: string;
  /** A number that changes when the composer should take the focus. */
  readonly focus: number;
  readonly disabled?: boolean;
  /** Prefix of the data-testid attributes. */
  readonly testPrefix?: string;
  readonly children?: ComponentChildren;
  /** So many files wait to be sent along; then there need be no words. */
  readonly waits?: number;
  /** Where given, files can be sent: by the button that is answered, by paste. */
  onAttach?: ((button: HTMLElement) => void) | undefined;
  onFiles?: ((files: readonly File[]) => void) | undefined;
  /** By a press that may be held, or by the keyboard. */
  onVoice?: ((hold: PointerEvent | undefined) => void) | undefined;
  onDraft(text: string): void;
  onSend(text: string): void;
  picker(): Promise<OpenPicker>;
  /** The arrow up in an empty field; true where it did something. */
  onUp?(): boolean;
  /** Escape; true where there was something to leave. */
  onLeave?(): boolean;
};

const pageLocale = (): Locale => document.documentElement.lang as Locale;

type EmojiProps = {
  readonly t: Translate;
  readonly testid: string;
  /** It may have to be fetched. */
  picker(): Promise<OpenPicker>;
  onPick(sign: string): void;
};

/** The button and, while it is open, the picker above the composer. */
function EmojiButton({ t, testid, picker, onPick }: EmojiProps) {
  const [open, set_open] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const place = useRef<HTMLSpanElement>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const close = (back: boolean) => {
    set_open(false);
    if (back) {
      button.current?.focus();
    }
  };
  useEffect(() => {
    let shut: (() => void) | undefined = () => undefined;
    const show = (openPicker: OpenPicker) => {
      if (shut && place.current) {
        const onPick = (sign: string) => pick.current(sign);
        const props = { t, locale: pageLocale(), onPick, onClose: close };
        shut = openPicker(place.current, props);
      }
    };
    if (open) {
      // Where it does not come, as without a network, the next press tries again.
      picker().then(show, () => set_open(false));
    }
    return () => {
      shut?.();
      shut = undefined;
    };
  }, [open]);
  return (
    <span class="emoji-place">
      <button
        ref={button}
        type="button"
        class="tool"
        aria-label={t("emoji")}
        title={t("emoji")}
        aria-expanded={open}
        aria-haspopup="dialog"
        data-testid={testid}
        onClick={() => set_open(!open)}
      >
        <Icon name="smile" />
      </button>
      {open && <span ref={place} />}
    </span>
  );
}

/** One line that grows to six; Enter sends, Shift+Enter begins a line. */
export function Composer(props: ComposerProps) {
  const { t, draft, placeholder, sendLabel, focus, disabled = false, testPrefix = "" } = props;
  const { onAttach, onFiles, onVoice, waits = 0 } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const guard = useMemo(() => new CompositionGuard(), []);
  const too_long = !fitsInOneMessage(draft);
  const has_any = draft.trim() !== "" || waits > 0;
  const can_send = has_any && !too_long && !disabled;
  const named = (part: string) => (testPrefix ? `${testPrefix}-${part}` : part);

  const fit = () => {
    if (area.current) {
      area.current.style.height = "auto";
      area.current.style.height = `${area.current.scrollHeight}px`;
    }
  };
  const drawn = useRef(false);
  useLayoutEffect(() => {
    if (drawn.current) {
      fit();
      return undefined;
    }
    // The first time before the first frame, which lays out anyway, and not while all is drawn.
    drawn.current = true;
    const first = requestAnimationFrame(fit);
    return () => cancelAnimationFrame(first);
  }, [draft]);
  // Before the next press: a letter that comes before the focus would be taken as a command.
  useLayoutEffect(() => {
    if (focus) {
      area.current?.focus();
    }
  }, [focus]);

  const send = () => {
    if (can_send) {
      props.onSend(draft.trim());
      area.current?.focus();
    }
  };
  const insert = (sign: string) => {
    const field = area.current;
    if (field) {
      field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
      props.onDraft(field.value);
    }
  };
  const keydown = (event: KeyboardEvent) => {
    if (guard.sends(event)) {
      event.preventDefault();
      send();
      return;
    }
    const plain = !event.isComposing && !event.shiftKey && !event.ctrlKey && !event.metaKey;
    const up = plain && event.key === "ArrowUp" && !draft && props.onUp?.();
    if (up || (plain && event.key === "Escape" && props.onLeave?.())) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {props.children}
      {too_long && (
        <p class="composer-error" role="alert">
          {t("tooLong")}
        </p>
      )}
      <div class="composer-row">
        <textarea
          ref={area}
          rows={1}
          // An empty field runs like the page, so that its placeholder stands where it should.
          dir={draft ? "auto" : undefined}
          value={draft}
          placeholder={placeholder}
          aria-label={props.label}
          enterkeyhint="send"
          data-testid={named("composer")}
          onInput={(event) => props.onDraft(event.currentTarget.value)}
          onKeyDown={keydown}
          onKeyUp={() => guard.released()}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (onFiles && files.length) {
              event.preventDefault();
              onFiles(files);
            }
          }}
          onCompositionStart={() => guard.started()}
          onCompositionEnd={(event) => guard.ended(event.timeStamp)}
        />
        <span class="ring" aria-hidden="true" />
        {onAttach && (
          <button
            type="button"
            class="tool"
            aria-label={t("attach")}
            title={t("attach")}
            data-testid={named("attach")}
            onClick={(event) => onAttach(event.currentTarget)}
          >
            <Icon name="clip" />
          </button>
        )}
        <EmojiButton t={t} testid={named("emoji")} picker={props.picker} onPick={insert} />
        {onVoice && !has_any && (
          <button
            type="button"
            class="tool hold"
            aria-label={t("voice")}
            title={t("voice")}
            data-testid={named("voice")}
            onContextMenu={(event) => event.preventDefault()}
            onPointerDown={(event) => onVoice(event)}
            onClick={({ detail }) => detail === 0 && onVoice(undefined)}
          >
            <Icon name="voice" />
          </button>
        )}
        <button
          type="submit"
          class={`send${has_any ? "" : " idle"}`}
          aria-label={sendLabel}
          title={sendLabel}
          aria-disabled={!can_send}
          data-testid={named("send")}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
