// What is one person's on all of his devices: whether he is away, how he wants to be called, what
// he was shown, and which device tells him of news. The desk hands on each word and remembers while
// it runs, so it hears all again after each connection.
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Answer, EngineEvent } from "../engine/src/client.ts";
import { decode, encode } from "../engine/src/codec.ts";
import { About as AboutTable, AgentStatus, Places } from "../engine/src/gen/wire.ts";
import { toHex } from "../engine/src/text.ts";
import { deviceWords } from "../ui/src/context.ts";
import type { Session } from "../ui/src/session.ts";
import { ConnectionState } from "../ui/src/status.ts";
import { fromHex } from "./hex.ts";
import { isObject, kept } from "./kept.ts";
import type { Seen } from "./seen.ts";
import type { Settings } from "./settings.ts";

/** The device in use tells first; the others where it did not, as when its lid is closed. */
const OTHERS_WAIT_MS = 3000;
/** A desk that is away must not keep anybody from hearing of a customer. */
const CLAIM_MS = 2000;
/** As many as the desk takes at a time. */
const PLACES_MAX = 500;
const LOG_BYTES = 16;

type About = { readonly name: string; readonly picture: Uint8Array };
type Spot = { readonly key: string; readonly headSeq: number };

/** When this person said what; by the desk's clock once it has answered. */
type Said = { readonly awayMs: number; readonly aboutMs: number };

const UNSAID: Said = { awayMs: 0, aboutMs: 0 };

function checked(value: unknown): Said | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const { awayMs, aboutMs } = value;
  const is_whole = typeof awayMs === "number" && typeof aboutMs === "number";
  return is_whole ? { awayMs, aboutMs } : undefined;
}

export type PersonParts = {
  readonly settings: Settings;
  readonly seen: Seen;
  readonly about: () => About;
  /** Said on another device. */
  readonly adopt: (about: About) => void;
};

const after = (ms: number): Promise<undefined> =>
  new Promise((resolve) => window.setTimeout(() => resolve(undefined), ms));

const placesOf = (spots: readonly Spot[]): Uint8Array =>
  encode(Places, {
    places: spots.flatMap(({ key, headSeq }) => {
      const log = fromHex(key, LOG_BYTES);
      return log ? [{ log, seq: headSeq }] : [];
    }),
  });

export class Person {
  /** How many devices of his are in the team, this one among them. */
  readonly devices: ReadonlySignal<number>;
  /** This is the one that he has used last. */
  readonly inUse: ReadonlySignal<boolean>;
  private readonly count = signal(1);
  private readonly used = signal(true);
  private readonly said = kept(() => localStorage, "shopbell.console.said", UNSAID, checked);

  constructor(
    private readonly session: Session,
    private readonly parts: PersonParts,
  ) {
    this.devices = this.count;
    this.inUse = this.used;
    session.engine.on((event) => this.on_push(event));
    parts.seen.shown = (key, headSeq) => this.tell_seen([{ key, headSeq }]);
    effect(() => {
      const online = session.connection.value.state === ConnectionState.online;
      if (online && session.ready.value && session.certified.value) {
        void this.say({});
        void this.share_seen();
      }
    });
    // Each touch of the person; what follows is seldom more than a look at two fields.
    for (const kind of ["pointerdown", "keydown"]) {
      window.addEventListener(kind, () => void this.use(), { capture: true, passive: true });
    }
  }

  async setAway(away: boolean): Promise<void> {
    this.parts.settings.set({ away });
    this.note({ awayMs: Date.now() });
    await this.say({ sinceMs: 0 });
  }

  async setAbout(): Promise<void> {
    this.note({ aboutMs: Date.now() });
    await this.say({ aboutMs: 0 });
  }

  /** The desk takes the newest word; its answer has the time that it gave to this one. */
  private async say(now: { sinceMs?: 0; aboutMs?: 0 }): Promise<void> {
    const { awayMs, aboutMs } = this.said.read();
    const about = this.parts.about();
    // What was never said must not stand before what was.
    const status = {
      away: this.parts.settings.now.peek().away,
      sinceMs: now.sinceMs ?? (awayMs || 1),
      about: about.name ? encode(AboutTable, about) : new Uint8Array(),
      aboutMs: now.aboutMs ?? (aboutMs || (about.name ? 1 : 0)),
      browser: deviceWords(navigator.userAgent, screen.width, screen.height),
    };
    const answer = await this.session.engine.request("status.set", encode(AgentStatus, status));
    if (answer.code !== 0) {
      return;
    }
    const heard = decode(AgentStatus, answer.body);
    if (now.sinceMs === 0) {
      this.note({ awayMs: heard.sinceMs });
    }
    if (now.aboutMs === 0) {
      this.note({ aboutMs: heard.aboutMs });
    }
    this.take(heard);
  }

  private note(change: Partial<Said>): void {
    this.said.write({ ...this.said.read(), ...change });
  }

  private on_push(event: EngineEvent): void {
    if (event.type !== "pushEvent") {
      return;
    }
    if (event.method === "status.changed") {
      const more = this.take(decode(AgentStatus, event.body));
      if (more) {
        void this.share_seen();
      }
    } else if (event.method === "seen.changed") {
      this.take_seen(event.body);
    }
  }

  /** Whether there are more devices than before. */
  private take(status: AgentStatus): boolean {
    const { away, sinceMs, about, aboutMs, devices, inUse } = status;
    const said = this.said.read();
    const more = devices > this.count.peek();
    this.count.value = Math.max(1, devices);
    this.used.value = inUse;
    if (sinceMs > said.awayMs) {
      this.note({ awayMs: sinceMs });
      this.parts.settings.set({ away });
    }
    if (about.length > 0 && aboutMs > said.aboutMs) {
      this.note({ aboutMs });
      const { name, picture } = decode(AboutTable, about);
      const own = this.parts.about();
      if (name && (name !== own.name || toHex(picture) !== toHex(own.picture))) {
        this.parts.adopt({ name, picture });
      }
    }
    return more;
  }

  private async use(): Promise<void> {
    if (!this.used.peek() && this.count.peek() > 1) {
      this.used.value = true;
      this.take_answer(await this.session.engine.request("status.use"));
    }
  }

  private take_answer({ code, body }: Answer): void {
    if (code === 0) {
      this.take(decode(AgentStatus, body));
    }
  }

  private tell_seen(spots: readonly Spot[]): void {
    if (this.count.peek() > 1) {
      void this.session.engine.request("seen.set", placesOf(spots));
    }
  }

  private async share_seen(): Promise<void> {
    const { engine } = this.session;
    await engine.request("seen.set", placesOf(this.parts.seen.newest(PLACES_MAX)));
    const { code, body } = await engine.request("seen.list");
    if (code === 0) {
      this.take_seen(body);
    }
  }

  /** Shown on another device: here it is no news either. */
  private take_seen(body: Uint8Array): void {
    for (const { log, seq } of decode(Places, body).places) {
      this.parts.seen.take(toHex(log), seq);
      if (this.session.logs.peek().has(toHex(log))) {
        this.session.markRead(log, seq);
      }
    }
  }

  /** The person sees it here, or is told of it here: his other devices need not. */
  async claim(spots: readonly Spot[]): Promise<ReadonlySet<string>> {
    const all = new Set(spots.map(({ key }) => key));
    if (this.count.peek() <= 1) {
      return all;
    }
    const asked = this.session.engine.request("notify.claim", placesOf(spots));
    const answer = await Promise.race([asked, after(CLAIM_MS)]);
    return answer?.code === 0
      ? new Set(decode(Places, answer.body).places.map(({ log }) => toHex(log)))
      : all;
  }

  /** Resolves when it is this device's turn to tell of news: true where others were to be first. */
  async turn(): Promise<boolean> {
    const waits = this.count.peek() > 1 && !this.used.peek();
    if (waits) {
      await after(OTHERS_WAIT_MS);
    }
    return waits;
  }
}
