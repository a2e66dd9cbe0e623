// A further device of the same person: here a link is made and a newcomer let in, or a link is used
// (docs/PROTOCOL.md 11.6 to 11.11). Fetched when somebody wants it.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { decode } from "../../../web/engine/src/codec.ts";
import { Errc } from "../../../web/engine/src/gen/errors.ts";
import { LinkState } from "../../../web/engine/src/gen/wire.ts";
import type { LinkHost, OpenLink } from "./host.ts";
import { linkIn, type LinkKey, type Tell } from "./i18n/index.ts";
import {
  Asked, Away, Calling, Done, Intro, Made, Making, Over, Refused, Waiting,
} from "./screens.tsx";
import { linkAddress, readLink } from "./text.ts";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__LINK_CSS__);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

/** Numbers of LinkState. */
const STEP = { none: 0, open: 1, asked: 2, done: 3, refused: 4, calling: 5, waiting: 6 };

/** What the screens know beside the device's own state. */
type Place = {
  readonly state: LinkState;
  /** The device has said nothing yet. */
  readonly fresh: boolean;
  /** This device uses a link, and makes none. */
  readonly guest: boolean;
  readonly address: string;
  readonly failed: LinkKey | "";
};

const NOTHING: LinkState = { step: 0, code: 0, digits: 0, endMs: 0, link: new Uint8Array() };

const REFUSALS: Readonly<Record<number, LinkKey>> = {
  [Errc.link_used]: "linkUsed",
  [Errc.link_expired]: "linkExpired",
  [Errc.link_denied]: "linkDenied",
  [Errc.invitation_refused]: "linkUnknown",
  [Errc.malformed]: "linkDamaged",
  [Errc.wrong_shop]: "linkShop",
  [Errc.command_bad]: "linkSame",
  [Errc.identity_other]: "linkLogin",
  [Errc.too_large]: "fullMore",
};

const refusalOf = (code: number): LinkKey => REFUSALS[code] ?? "linkOther";

function useLink(host: LinkHost) {
  const text = host.call && "text" in host.call ? host.call.text : "";
  const [place, set_place] = useState<Place>({
    state: NOTHING, fresh: true, guest: text !== "", address: "", failed: "",
  });
  const change = (more: Partial<Place>) => set_place((before) => ({ ...before, ...more }));
  const take = (state: LinkState) => {
    const { step } = state;
    const uses = step === STEP.calling || step === STEP.waiting;
    const makes = step === STEP.open || step === STEP.asked;
    change({ state, fresh: false, failed: "", ...((uses || makes) && { guest: uses }) });
  };
  const ask = async (method: string, body?: Uint8Array) => {
    const answer = await host.request(`link.${method}`, body);
    return { code: answer.code, state: answer.code ? NOTHING : decode(LinkState, answer.body) };
  };
  const make = async () => {
    const { code, state } = await ask("make");
    // A page of its own that no shop has opened leads nowhere.
    if (code || !host.page()) {
      change({ fresh: false, guest: false, failed: "failedMore" });
      return;
    }
    take(state);
    change({ guest: false, address: linkAddress(host.page(), host.shop, state.link) });
  };
  const use = async () => {
    const read = readLink(text, host.shop);
    if (typeof read === "string") {
      change({ fresh: false, failed: read === "damaged" ? "linkDamaged" : "linkShop" });
      return;
    }
    const { code, state } = await ask("use", read.link);
    if (code) change({ fresh: false, failed: refusalOf(code) });
    else take(state);
  };
  const begin = async () => {
    if (text) return;
    const { state } = await ask("state");
    const going = state.step !== STEP.none && state.step !== STEP.open;
    const over = state.step === STEP.done || state.step === STEP.refused;
    if (host.call && (!going || over)) await make();
    else if (going) take(state);
    else host.left();
  };
  useEffect(() => {
    void begin();
    return host.on((event) => {
      if (event.type === "pushEvent" && event.method === "link") {
        take(decode(LinkState, event.body));
      }
    });
  }, []);
  return { place, ask, make, use };
}

function Link({ host, t, onLeave }: { host: LinkHost; t: Tell; onLeave: () => void }) {
  const { place, ask, make, use } = useLink(host);
  const { state, guest, fresh, failed, address } = place;
  const stop = () => void ask("cancel").then(onLeave);
  if (guest && fresh && !failed) {
    return <Intro t={t} onUse={() => void use()} onLeave={onLeave} />;
  }
  if (failed) {
    return guest
      ? <Refused t={t} why={failed} onLeave={onLeave} />
      : <Over t={t} name="failed" onMake={() => void make()} onLeave={onLeave} />;
  }
  switch (state.step) {
    case STEP.open:
      return (
        <Made
          t={t} address={address} endMs={state.endMs} onMake={() => void make()}
          onTakeBack={stop} onLeave={onLeave}
        />
      );
    case STEP.asked:
      return (
        <Asked
          t={t} digits={state.digits} onAllow={() => void ask("allow")}
          onRefuse={() => void ask("refuse")}
        />
      );
    case STEP.calling:
      return state.code
        ? <Away t={t} onStop={stop} />
        : <Calling t={t} onStop={stop} />;
    case STEP.waiting:
      return <Waiting t={t} digits={state.digits} onStop={stop} />;
    case STEP.done:
      return <Done t={t} guest={guest} onLeave={onLeave} />;
    case STEP.refused:
      if (guest) return <Refused t={t} why={refusalOf(state.code)} onLeave={onLeave} />;
      return (
        <Over
          t={t} name={state.code === Errc.too_large ? "full" : "denied"} onMake={() => void make()}
          onLeave={onLeave}
        />
      );
    default:
      return <Making t={t} />;
  }
}

function Whole(props: { host: LinkHost; t: Tell; onLeave: () => void }) {
  const box = useRef<HTMLElement>(null);
  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      // A question stays until it is answered.
      if (!box.current?.querySelector("[data-testid=link-asked]")) props.onLeave();
    }
  };
  return (
    <section
      class="link" ref={box} aria-label={props.t("makeTitle")} data-testid="link"
      onKeyDown={keydown}
    >
      <Link {...props} />
    </section>
  );
}

export const openLink: OpenLink = (place, host) => {
  const leave = () => {
    render(null, place);
    host.left();
  };
  render(<Whole host={host} t={linkIn(host.locale())} onLeave={leave} />, place);
  return () => render(null, place);
};
