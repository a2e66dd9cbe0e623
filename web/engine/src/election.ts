// Which tab leads. One holds an exclusive lock, the others queue for it. A lock outlives the sleep
// of its holder, so whoever leads also beats, and a visible tab that hears nothing takes the lock.
import type { Clock, Locks } from "./seams.js";

export const BEAT_MS = 1000;
export const SILENCE_MS = 3 * BEAT_MS;
/** A timer as late as this was not late: its tab slept. */
const ASLEEP_MS = 1000;

export type ElectionParts = {
  readonly name: string;
  readonly locks: Locks;
  /** Runs on when the clock of the day is set. */
  readonly clock: Clock;
  /** This tab leads from now on. */
  readonly lead: () => void;
  /** Another has the lock, or it was given up. */
  readonly lost: () => void;
  /** There are no locks here. */
  readonly refused: () => void;
  /** Due every second while it leads. */
  readonly beat: () => void;
  /** The leader is late: its timers may be slow, so it should be asked something. */
  readonly doubt: () => void;
};

export class Election {
  // The request that waits or holds; a former one has nothing to say any more.
  private asked: AbortController | undefined;
  private leading = false;
  private release: () => void = () => undefined;
  private visible = false;
  private heard_ms = 0;
  private ticked_ms = 0;
  private cancel_tick: () => void = () => undefined;

  constructor(private readonly parts: ElectionParts) {}

  begin(): void {
    if (this.asked) return;
    this.heard();
    this.ask(false);
    this.tick();
  }

  /** Gives the lead up, and asks for it no more until it begins again. */
  leave(): void {
    const { asked } = this;
    this.asked = undefined;
    this.cancel_tick();
    this.lose();
    asked?.abort();
  }

  /** The leader has given a sign of life. */
  heard(): void {
    this.heard_ms = this.parts.clock.now();
  }

  get silent(): boolean {
    return this.quiet_ms >= SILENCE_MS;
  }

  private get quiet_ms(): number {
    return this.parts.clock.now() - this.heard_ms;
  }

  /** Only a tab that somebody looks at minds a silent leader. */
  show(visible: boolean): void {
    this.visible = visible;
    if (this.asked) this.look();
  }

  /** Takes the lead from whoever has it. */
  take(): void {
    if (this.asked && !this.leading) this.steal();
  }

  /** Another leads by a newer term: what is left of the lock is void. */
  yield(): void {
    if (!this.leading) return;
    this.leave();
    this.begin();
  }

  private ask(steal: boolean): void {
    const asked = new AbortController();
    this.asked = asked;
    const options: LockOptions = steal ? { steal } : { signal: asked.signal };
    const held = (): Promise<void> => {
      if (this.asked !== asked) return Promise.resolve();
      const released = new Promise<void>((resolve) => (this.release = resolve));
      this.leading = true;
      this.parts.lead();
      return released;
    };
    this.parts.locks.request(this.parts.name, options, held).catch((error: unknown) => {
      if (this.asked !== asked) return;
      const stolen = error instanceof DOMException && error.name === "AbortError";
      if (!stolen) return this.refuse();
      this.lose();
      this.heard();
      this.ask(false);
    });
  }

  private refuse(): void {
    this.leave();
    this.parts.refused();
  }

  private lose(): void {
    if (!this.leading) return;
    this.leading = false;
    this.parts.lost();
    this.release();
  }

  private tick(): void {
    this.look();
    this.ticked_ms = this.parts.clock.now();
    this.cancel_tick = this.parts.clock.after(BEAT_MS, () => this.tick());
    if (this.leading) this.parts.beat();
  }

  private look(): void {
    const slept = this.parts.clock.now() - this.ticked_ms >= BEAT_MS + ASLEEP_MS;
    if (slept) this.heard();
    if (this.leading || !this.visible) return;
    if (this.silent) this.steal();
    else if (this.quiet_ms > BEAT_MS) this.parts.doubt();
  }

  private steal(): void {
    this.heard();
    const { asked } = this;
    this.ask(true);
    asked?.abort();
  }
}
