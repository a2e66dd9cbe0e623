import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Translate } from "../i18n/index.ts";
import { Icon } from "./icons.tsx";
import { CompositionGuard } from "./ime.ts";
import { fitsInOneMessage } from "./session.ts";

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
  onDraft(text: string): void;
  onSend(text: string): void;
};

/** One line that grows to six; Enter sends, Shift+Enter begins a line. */
export function Composer(props: ComposerProps) {
  const { t, draft, placeholder, sendLabel, focus, disabled = false, testPrefix = "" } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const guard = useMemo(() => new CompositionGuard(), []);
  const too_long = !fitsInOneMessage(draft);
  const can_send = draft.trim() !== "" && !too_long && !disabled;

  useLayoutEffect(() => {
    if (area.current) {
      area.current.style.height = "auto";
      area.current.style.height = `${area.current.scrollHeight}px`;
    }
  }, [draft]);
  useEffect(() => {
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
  const keydown = (event: KeyboardEvent) => {
    if (guard.sends(event)) {
      event.preventDefault();
      send();
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
          value={draft}
          placeholder={placeholder}
          aria-label={props.label}
          enterkeyhint="send"
          data-testid={testPrefix ? `${testPrefix}-composer` : "composer"}
          onInput={(event) => props.onDraft(event.currentTarget.value)}
          onKeyDown={keydown}
          onKeyUp={() => guard.released()}
          onCompositionStart={() => guard.started()}
          onCompositionEnd={(event) => guard.ended(event.timeStamp)}
        />
        <button
          type="submit"
          class="send"
          aria-label={sendLabel}
          title={sendLabel}
          aria-disabled={!can_send}
          data-testid={testPrefix ? `${testPrefix}-send` : "send"}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
