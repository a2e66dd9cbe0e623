// Carries out what the core wants, over the seams, and feeds back what came of it. Decides nothing
// about the protocol; its own matters are the order of storage and a new instance after a trap.
import { CommandKind, EventKind } from "./gen/wire.js";
import { CoreHost, InputKind, packRecords, type CoreConfig, type Output } from "./host.js";
import { Superseded, type Change, type Clock, type Entropy, type KeyRange } from "./seams.js";
import type { Link, Storage, Transport } from "./seams.js";

export type RawEvent = readonly [kind: number, body: Uint8Array];

export type PumpParts = {
  readonly module: WebAssembly.Module;
  /** Asked for each instance; the storage key in it is wiped after use. */
  readonly config: () => Promise<CoreConfig>;
  readonly storage: Storage;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** The events of one input, in order; their bytes may be transferred away. */
  readonly events: (events: RawEvent[]) => void;
  /** The instance or the store failed; it begins again from the store unless `final`. */
  readonly crashed: (final: boolean) => void;
  /** Another has the store: this pump has stopped. */
  readonly superseded: () => void;
};

type Command = readonly [kind: number, body: Uint8Array, taken: () => void];
type Batch = { readonly run: number; readonly batch: number; readonly changes: readonly Change[] };
type Work = Batch | { readonly run: number; readonly id: number; readonly range: KeyRange };

const ENTROPY_BYTES = 64;
const DELAY_MS_MAX = 0x7fffffff;
const RESTARTS_MAX = 3;
const RESTARTS_WITHIN_MS = 10_000;
const ignore = (): void => undefined;

export class Pump {
  private host: CoreHost | undefined;
  private link: Link | undefined;
  // Counts instances: what an older one asked for is not answered to a newer one.
  private run = 0;
  private now_ms = -1;
  private wake_at_ms = -1;
  private cancel_wake = ignore;
  private work: Work[] = [];
  private working = false;
  private ready = false;
  private held: Command[] = [];
  // Commands that are stored with a batch still under way.
  private taken: { readonly batch: number; readonly call: () => void }[] = [];
  private crashes_ms: number[] = [];

  constructor(private readonly parts: PumpParts) {
    void this.begin();
  }

  /**
   * A CommandKind of host.proto and its message; waits until the core takes commands. `taken` is
   * called once what it changed is durable, and never when the core failed before.
   */
  command(kind: number, body: Uint8Array, taken = ignore): void {
    if (!this.ready) return void this.held.push([kind, body, taken]);
    const outputs = this.feed(InputKind.command, kind, body);
    const batches = outputs?.flatMap((output) => (output.do === "persist" ? output.batch : []));
    if (batches?.length) this.taken.push({ batch: Math.max(...batches), call: taken });
    else if (batches) taken();
  }

  /** The network may be back: no more waiting. */
  retry(): void {
    if (this.ready) this.command(CommandKind.RETRY, new Uint8Array());
  }

  /** Nothing is sent, stored or said any more. */
  stop(): void {
    try {
      this.host?.end();
    } catch {
      // A trapped instance is gone anyway.
    }
    this.abandon();
  }

  private async begin(): Promise<void> {
    const run = this.run;
    try {
      const config = await this.parts.config();
      const host = await CoreHost.create(this.parts.module, config);
      config.storageKey.fill(0);
      if (run !== this.run) return host.end();
      this.host = host;
    } catch {
      if (run === this.run) this.crash();
      return;
    }
    this.feed(InputKind.tick);
  }

  private abandon(): void {
    this.run++;
    this.host = undefined;
    this.link?.drop();
    this.link = undefined;
    this.cancel_wake();
    this.now_ms = this.wake_at_ms = -1;
    this.work = [];
    this.held = [];
    this.taken = [];
    this.ready = false;
  }

  private supersede(): void {
    this.stop();
    this.parts.superseded();
  }

  private crash(): void {
    this.abandon();
    const now = this.parts.clock.now();
    this.crashes_ms = this.crashes_ms.filter((at) => now - at < RESTARTS_WITHIN_MS);
    const final = this.crashes_ms.push(now) > RESTARTS_MAX;
    this.parts.crashed(final);
    if (!final) void this.begin();
  }

  // Nothing where there is no core, or no more.
  private feed(kind: InputKind, value = 0, bytes?: Uint8Array): Output[] | undefined {
    const { host, run } = this;
    if (!host) return undefined;
    const outputs: Output[] = [];
    const now = Math.floor(this.parts.clock.now());
    try {
      if (now !== this.now_ms || kind === InputKind.tick) {
        outputs.push(...host.input(InputKind.tick, (this.now_ms = now)));
      }
      if (kind !== InputKind.tick) outputs.push(...host.input(kind, value, bytes));
    } catch {
      this.crash();
      return undefined;
    }
    const events: RawEvent[] = [];
    for (const output of outputs) {
      if (output.do === "event") events.push([output.kind, output.body.slice()]);
      else this.carry_out(output);
    }
    this.say(events);
    return run === this.run ? outputs : undefined;
  }

  private say(events: RawEvent[]): void {
    if (!events.length) return;
    const ready = events.some(([kind]) => kind === EventKind.READY);
    this.parts.events(events);
    if (!ready) return;
    this.ready = true;
    for (const command of this.held.splice(0)) this.command(...command);
  }

  private carry_out(output: Exclude<Output, { do: "event" }>): void {
    const { run } = this;
    switch (output.do) {
      case "connect":
        return void this.connect();
      case "disconnect":
        return this.link?.close();
      case "transmit":
        return this.link?.send(output.bytes);
      case "persist":
        return this.enqueue({ run, batch: output.batch, changes: output.changes });
      case "load":
        return this.enqueue({ run, id: output.id, range: output.range });
      case "timeout":
        return this.wake(output.at_ms);
      case "entropy":
        return void this.draw(run);
    }
  }

  // A tab that slept while another took over must not take the connection from it.
  private async connect(): Promise<void> {
    const { run } = this;
    const current = (): boolean => run === this.run;
    try {
      await this.parts.storage.check();
    } catch (error) {
      if (!current()) return;
      return error instanceof Superseded ? this.supersede() : this.crash();
    }
    if (!current()) return;
    this.link = this.parts.transport.connect({
      opened: () => current() && this.feed(InputKind.connected),
      received: (bytes) => current() && this.feed(InputKind.received, 0, bytes),
      closed: (code) => {
        if (!current()) return;
        this.link = undefined;
        this.feed(InputKind.closed, code);
      },
    });
  }

  private wake(at_ms: number): void {
    if (at_ms === this.wake_at_ms) return;
    this.wake_at_ms = at_ms;
    this.cancel_wake();
    const delay = Math.min(Math.max(0, at_ms - this.parts.clock.now()), DELAY_MS_MAX);
    this.cancel_wake = this.parts.clock.after(delay, () => {
      this.wake_at_ms = -1;
      this.feed(InputKind.tick);
    });
  }

  private async draw(run: number): Promise<void> {
    const seed = new Uint8Array(ENTROPY_BYTES);
    await this.parts.entropy.fill(seed);
    if (run === this.run) this.feed(InputKind.entropy, 0, seed);
    seed.fill(0);
  }

  private enqueue(work: Work): void {
    this.work.push(work);
    if (!this.working) void this.work_off();
  }

  // One act of storage at a time: no later batch may be kept when an earlier one was not. What
  // gathers meanwhile goes into one transaction.
  private async work_off(): Promise<void> {
    this.working = true;
    for (let work = this.work.shift(); work; work = this.work.shift()) {
      const { run } = work;
      try {
        if ("range" in work) await this.load(work.id, work.range, run);
        else await this.write(work, run);
      } catch {
        if (run === this.run) this.crash();
      }
    }
    this.working = false;
  }

  private async load(id: number, range: KeyRange, run: number): Promise<void> {
    const records = packRecords(await this.parts.storage.load(range));
    if (run === this.run) this.feed(InputKind.loaded, id, records);
  }

  private async write(first: Batch, run: number): Promise<void> {
    const batches = [first];
    for (let next = this.work[0]; next && "batch" in next; next = this.work[0]) {
      batches.push(next);
      this.work.shift();
    }
    try {
      await this.parts.storage.write(batches.flatMap(({ changes }) => changes));
    } catch (error) {
      if (run !== this.run) return;
      if (error instanceof Superseded) return this.supersede();
      this.feed(InputKind.persistFailed, first.batch);
      throw error;
    }
    for (const { batch } of batches) {
      if (run !== this.run) return;
      this.feed(InputKind.persisted, batch);
      while (this.taken[0] && this.taken[0].batch <= batch) this.taken.shift()?.call();
    }
  }
}
