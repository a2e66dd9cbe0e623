// One page's side, whether its worker leads or not: keeps each command until a leader has it safe,
// gives it again to the next one where it was not, and hands on what the leader says.
import { runIn, type FromLeader, type FromTab, type Run, type TabCommand } from "./channel.js";
import { CommandKind } from "./gen/wire.js";
import type { FromWorker } from "./messages.js";
import type { StorageMode } from "./seams.js";

const WAITING_MAX = 1000;

export type TabParts = {
  readonly id: string;
  readonly toLeader: (message: FromTab) => void;
  readonly toPage: (message: FromWorker) => void;
};

export class Tab {
  /** The newest that was heard of; 0 before. */
  private run: Run | 0 = 0;
  private joined = false;
  private storage: StorageMode | undefined;
  private count = 0;
  private crashes = 0;
  private waiting: TabCommand[] = [];

  constructor(private readonly parts: TabParts) {}

  /** `crashes` counts those that the page has heard of; it has taken back what it gave before. */
  command(command: number, body: Uint8Array, crashes: number): void {
    const taken_back = crashes < this.crashes && command !== CommandKind.REQUEST;
    if (taken_back || this.waiting.length >= WAITING_MAX) return;
    const given = { number: ++this.count, command, body };
    this.waiting.push(given);
    if (this.joined) this.give(given);
  }

  private give(command: TabCommand): void {
    const { id, toLeader } = this.parts;
    toLeader({ ...command, from: id, run: this.run });
  }

  /** Asks whoever leads for the state of things. */
  join(): void {
    this.joined = false;
    this.parts.toLeader({ join: this.parts.id });
  }

  /** It is void: its leader has been replaced, as far as this tab knows. */
  isOld(message: FromLeader): boolean {
    const run = runIn(message);
    return run !== 0 && run < this.run;
  }

  /** Whoever led is silent: whoever speaks next leads. */
  forget(): void {
    this.run = 0;
    this.joined = false;
  }

  take(message: FromLeader): void {
    if (message.to?.includes(this.parts.id) === false || this.isOld(message)) return;
    if ("beat" in message) return this.hear_of(message.beat);
    if ("state" in message) return this.begin(message);
    if ("crashed" in message) return this.crash(message.run);
    if (!this.joined || message.run !== this.run) return;
    if ("events" in message) return this.parts.toPage({ events: message.events });
    this.waiting = this.waiting.filter(({ number }) => number !== message.ack);
  }

  private hear_of(run: Run | 0): void {
    if (!run || (this.joined && run === this.run)) return;
    this.run = run;
    this.join();
  }

  private begin({ state, storage, events }: Extract<FromLeader, { state: Run }>): void {
    if (this.joined && state === this.run) return;
    this.run = state;
    this.joined = true;
    if (storage !== this.storage) this.parts.toPage({ storage: (this.storage = storage) });
    if (events.length) this.parts.toPage({ events });
    // Somebody who was writing under another leader is not writing now.
    this.waiting = this.waiting.filter(({ command }) => command !== CommandKind.SET_TYPING);
    this.waiting.forEach((command) => this.give(command));
  }

  // The page takes back what was not stored, so only questions are asked again.
  private crash(run: Run): void {
    this.waiting = this.waiting.filter(({ command }) => command === CommandKind.REQUEST);
    this.run = run;
    this.crashes++;
    this.parts.toPage({ crashed: "restarts" });
    this.join();
  }
}
