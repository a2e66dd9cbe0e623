// One screen for each step of a link. Each says what happens and has what can be done about it.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { LinkKey, Tell } from "./i18n/index.ts";
import { Qr } from "./qr.tsx";

type Common = { readonly t: Tell };
type Leaving = Common & { readonly onLeave: () => void };

const SECOND_MS = 1000;
const SAID_MS = 1600;

/** The person hears what has become of it: each new title has the focus. */
function Screen(props: {
  t: Tell;
  name: string;
  title: LinkKey;
  more?: LinkKey | undefined;
  children?: ComponentChildren;
}) {
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => title.current?.focus(), [props.name]);
  return (
    <div class="link-screen" data-testid={`link-${props.name}`}>
      <h2 ref={title} tabIndex={-1}>{props.t(props.title)}</h2>
      {props.more && <p>{props.t(props.more)}</p>}
      {props.children}
    </div>
  );
}

function Act(props: { name: string; words: string; primary?: boolean; onClick: () => void }) {
  return (
    <button
      type="button" class={props.primary ? "primary" : "plain"} data-testid={`link-${props.name}`}
      onClick={props.onClick}
    >
      {props.words}
    </button>
  );
}

/** In two halves, as people read numbers out to themselves. */
function Code({ t, digits }: Common & { digits: number }) {
  const text = String(digits).padStart(6, "0");
  return (
    <p class="link-code" role="img" dir="ltr" aria-label={`${t("code")}: ${[...text].join(" ")}`}>
      <span data-testid="link-code">{`${text.slice(0, 3)} ${text.slice(3)}`}</span>
    </p>
  );
}

// --- where the link is made

export const Making = ({ t }: Common) => <Screen t={t} name="making" title="making" />;

/** Until the time given; undefined once it is over. */
function useLeft(end_ms: number): string | undefined {
  const [now, set_now] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => set_now(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((end_ms - now) / SECOND_MS);
  const rest = String(seconds % 60).padStart(2, "0");
  return seconds > 0 ? `${Math.floor(seconds / 60)}:${rest}` : undefined;
}

function Copy({ t, address }: Common & { address: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, set_copied] = useState(false);
  const copy = () => {
    field.current?.select();
    const said = () => {
      set_copied(true);
      setTimeout(() => set_copied(false), SAID_MS);
    };
    // Where the browser does not let it, the text is selected.
    navigator.clipboard?.writeText(address).then(said, () => undefined);
  };
  return (
    <div class="link-copy">
      <input
        ref={field} readOnly value={address} dir="ltr" aria-label={t("address")}
        data-testid="link-address" onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" class="primary" data-testid="link-copy" onClick={copy}>
        <span role="status">{t(copied ? "copied" : "copy")}</span>
      </button>
    </div>
  );
}

export function Made(props: Leaving & {
  address: string;
  endMs: number;
  onMake: () => void;
  onTakeBack: () => void;
}) {
  const { t, address } = props;
  const left = useLeft(props.endMs);
  if (!left) {
    return <Over t={t} name="ended" onMake={props.onMake} onLeave={props.onLeave} />;
  }
  return (
    <Screen t={t} name="made" title="makeTitle" more="makeMore">
      {address && <Qr text={address} label={t("qr")} />}
      {address && <Copy t={t} address={address} />}
      <p class="link-left" data-testid="link-left">{t("left", { time: left })}</p>
      <div class="link-buttons">
        {!address && <Act name="again" words={t("makeAnother")} primary onClick={props.onMake} />}
        <Act name="cancel" words={t("takeBack")} onClick={props.onTakeBack} />
        <Act name="leave" words={t("back")} onClick={props.onLeave} />
      </div>
    </Screen>
  );
}

export function Asked(props: Common & {
  digits: number;
  onAllow: () => void;
  onRefuse: () => void;
}) {
  const { t } = props;
  return (
    <Screen t={t} name="asked" title="askedTitle" more="askedMore">
      <Code t={t} digits={props.digits} />
      <div class="link-buttons">
        <Act name="allow" words={t("allow")} primary onClick={props.onAllow} />
        <Act name="refuse" words={t("refuse")} onClick={props.onRefuse} />
      </div>
    </Screen>
  );
}

/** It has come to nothing; another one may be made. */
export function Over(props: Leaving & {
  name: "denied" | "ended" | "full" | "failed";
  onMake: () => void;
}) {
  const { t, name } = props;
  return (
    <Screen t={t} name={name} title={`${name}Title`} more={`${name}More`}>
      <div class="link-buttons">
        <Act name="again" words={t("makeAnother")} primary onClick={props.onMake} />
        <Act name="leave" words={t("back")} onClick={props.onLeave} />
      </div>
    </Screen>
  );
}

// --- where it is used

export function Intro(props: Leaving & { onUse: () => void }) {
  const { t } = props;
  return (
    <Screen t={t} name="intro" title="useTitle" more="useMore">
      <div class="link-buttons">
        <Act name="use" words={t("use")} primary onClick={props.onUse} />
        <Act name="leave" words={t("notNow")} onClick={props.onLeave} />
      </div>
    </Screen>
  );
}

export const Calling = ({ t, onStop }: Common & { onStop: () => void }) => (
  <Screen t={t} name="calling" title="callingTitle" more="callingMore">
    <Act name="stop" words={t("giveUp")} onClick={onStop} />
  </Screen>
);

export const Away = ({ t, onStop }: Common & { onStop: () => void }) => (
  <Screen t={t} name="away" title="awayTitle" more="awayMore">
    <Act name="stop" words={t("giveUp")} onClick={onStop} />
  </Screen>
);

export const Waiting = ({ t, digits, onStop }: Common & { digits: number; onStop: () => void }) => (
  <Screen t={t} name="waiting" title="waitingTitle" more="waitingMore">
    <Code t={t} digits={digits} />
    <Act name="stop" words={t("giveUp")} onClick={onStop} />
  </Screen>
);

export const Refused = ({ t, why, onLeave }: Leaving & { why: LinkKey }) => (
  <Screen t={t} name="refused" title="refusedTitle" more={why}>
    <Act name="leave" words={t("back")} primary onClick={onLeave} />
  </Screen>
);

// --- both

export const Done = ({ t, guest, onLeave }: Leaving & { guest: boolean }) => (
  <Screen
    t={t} name="done" title={guest ? "doneTitle" : "allowedTitle"}
    more={guest ? "doneMore" : "allowedMore"}
  >
    <Act name="leave" words={t(guest ? "show" : "back")} primary onClick={onLeave} />
  </Screen>
);
