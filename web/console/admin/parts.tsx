// Small parts that the pages share.
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Locale } from "../../ui/i18n/index.ts";
import type { Session } from "../../ui/src/session.ts";
import type { AdminState, Overview, Refusal } from "./admin_state.ts";
import type { Say } from "./i18n/index.ts";

/** What the pages need of the console around them. */
export type AdminHost = {
  readonly session: Session;
  readonly locale: ReadonlySignal<Locale>;
};

export type PageName = "install" | "domains" | "look" | "team" | "keys";

export type PageProps = {
  readonly say: Say;
  readonly locale: Locale;
  readonly state: AdminState;
  readonly overview: Overview;
  /** This device, hexadecimal. */
  readonly device: string;
  /** By the desk's clock. */
  readonly nowMs: number;
  go(page: PageName): void;
};

export function sentenceOf(say: Say, refusal: Refusal): string {
  return say(refusal.key, refusal.values);
}

/** Copies, and says for how it went until the next touch. */
export function CopyButton({ say, text, label }: { say: Say; text: string; label?: string }) {
  const [done, set_done] = useState<"" | "copied" | "copyFailed">("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      set_done("copied");
    } catch {
      set_done("copyFailed");
    }
  };
  return (
    <span class="copy">
      <button
        type="button"
        class="secondary"
        aria-label={label}
        data-testid="copy"
        onClick={() => void copy()}
      >
        {say("copy")}
      </button>
      <span class="copy-done" role="status">
        {done && say(done)}
      </span>
    </span>
  );
}

export type LinkFieldProps = {
  say: Say;
  link: string;
  label: string;
  /** Class of the line that it stands in. */
  line: string;
  testid: string;
  /** Id of what says more about it. */
  about?: string;
};

/** A link to hand on: it marks itself when it is touched, and a button copies it. */
export function LinkField({ say, link, label, line, testid, about }: LinkFieldProps) {
  return (
    <div class={line}>
      <input
        class="field"
        type="text"
        readOnly
        dir="ltr"
        value={link}
        aria-label={label}
        aria-describedby={about}
        data-testid={testid}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton say={say} text={link} />
    </div>
  );
}

/** Lines to copy as they are; it scrolls by itself and can be reached by keyboard for that. */
export function Code({ say, text, label }: { say: Say; text: string; label: string }) {
  const pieces = text.split(/(--\S+)/);
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={label} dir="ltr" data-testid="code">
        <code>{pieces.map((piece, at) => (at % 2 ? <span>{piece}</span> : piece))}</code>
      </pre>
      <CopyButton say={say} text={text} />
    </div>
  );
}

export function Field(props: {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  name: string;
  children: (described: string | undefined, invalid: boolean) => ComponentChildren;
}) {
  const { label, hint, error, name, children } = props;
  const ids = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ");
  return (
    <div class="admin-field">
      <label for={name}>{label}</label>
      {children(ids || undefined, error !== undefined)}
      {hint && (
        <p class="admin-hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="admin-error" id={`${name}-error`} role="alert" data-testid={`${name}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** What cannot be taken back is asked first. */
export function Sure(props: {
  words: string;
  yes: string;
  no: string;
  danger: boolean;
  busy: boolean;
  onYes(): void;
  onNo(): void;
}) {
  const no = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => no.current?.focus(), []);
  return (
    <div class="sure" role="group" aria-label={props.words} data-testid="sure">
      <p>{props.words}</p>
      <button
        type="button"
        class={props.danger ? "primary danger" : "primary"}
        disabled={props.busy}
        data-testid="sure-yes"
        onClick={props.onYes}
      >
        {props.yes}
      </button>
      <button ref={no} type="button" class="secondary" data-testid="sure-no" onClick={props.onNo}>
        {props.no}
      </button>
    </div>
  );
}

type RemovalProps = {
  readonly say: Say;
  /** Of the device. */
  readonly name: string;
  /** What the button is called where several stand beside each other. */
  readonly label: string;
  readonly testid: string;
  remove(): Promise<Refusal | undefined>;
  onDone(said: string, failed: boolean): void;
};

/** Takes a device out of the team, after one more question. */
export function DeviceRemoval({ say, name, label, testid, remove, onDone }: RemovalProps) {
  const [asks, set_asks] = useState(false);
  const [busy, run] = useBusy();
  const act = () =>
    run(async () => {
      const refusal = await remove();
      set_asks(false);
      const said = refusal ? sentenceOf(say, refusal) : say("deviceRemoved", { device: name });
      onDone(said, refusal !== undefined);
    });
  return asks ? (
    <Sure
      words={say("deviceRemoveSure", { device: name })}
      yes={say("remove")}
      no={say("keep")}
      danger
      busy={busy}
      onYes={act}
      onNo={() => set_asks(false)}
    />
  ) : (
    <button
      type="button"
      class="plain"
      aria-label={label}
      data-testid={testid}
      onClick={() => set_asks(true)}
    >
      {say("remove")}
    </button>
  );
}

/** Runs one thing at a time; `busy` while it does. */
export function useBusy(): [boolean, (work: () => Promise<void>) => void] {
  const [busy, set_busy] = useState(false);
  const running = useRef(false);
  const run = (work: () => Promise<void>) => {
    if (running.current) {
      return;
    }
    running.current = true;
    set_busy(true);
    void work().finally(() => {
      running.current = false;
      set_busy(false);
    });
  };
  return [busy, run];
}
