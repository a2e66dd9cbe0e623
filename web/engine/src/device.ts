// The device in one tab: leads or follows, and is the same to its page either way. Without locks
// or a store that tabs could share it is a device of its own.
import { lockOfTab, runIn, type FromLeader, type FromTab, type TabChannel } from "./channel.js";
import { Election } from "./election.js";
import { Leader } from "./leader.js";
import type { FromWorker } from "./messages.js";
import type { RawEvent } from "./pump.js";
import type { Clock, Locks, StorageMode } from "./seams.js";
import { Tab } from "./tab.js";

/** A core that runs over the opened store. */
export interface RunningCore {
  command(kind: number, body: Uint8Array, taken?: () => void): void;
  retry(): void;
  stop(): void;
}

export type CoreListener = {
  readonly events: (events: RawEvent[]) => void;
  readonly crashed: (final: boolean) => void;
  readonly superseded: () => void;
};

/** The store and what is needed to run a core over it. */
export interface Place {
  readonly mode: StorageMode;
  /** Rises with every opening of what is kept. */
  readonly term: number;
  run(listener: CoreListener): RunningCore;
  close(): void;
}

export type DeviceParts = {
  readonly name: string;
  /** Different for every tab. */
  readonly tab: string;
  /** Names the code that this tab runs. */
  readonly build: string;
  readonly watches: boolean;
  readonly visible: boolean;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly channel: (take: (message: FromLeader | FromTab) => void) => TabChannel;
  /** Takes the store over. Rejects where there is no core to run. */
  readonly open: () => Promise<Place>;
  readonly toPage: (message: FromWorker) => void;
};

type Lead = { readonly place: Place; readonly leader: Leader; readonly core: RunningCore };

export class Device {
  private readonly tab: Tab;
  private readonly election: Election;
  private channel: TabChannel | undefined;
  private lead: Lead | undefined;
  // Counts what this tab has been; what began under another number comes too late.
  private turn = 0;
  private met = false;

  constructor(private readonly parts: DeviceParts) {
    const { name, locks, clock, tab, toPage } = parts;
    this.tab = new Tab({ id: tab, toPage, toLeader: (message) => this.to_leader(message) });
    this.election = new Election({
      name,
      locks,
      clock,
      lead: () => void this.begin(),
      lost: () => {
        this.stop();
        this.tab.join();
      },
      refused: () => this.be_alone(),
      beat: () => this.beat(),
      doubt: () => this.channel?.post({ join: tab }),
    });
    this.election.show(parts.visible);
    this.meet();
  }

  /** `crashes` counts those that the page has heard of. */
  command(kind: number, body: Uint8Array, crashes: number): void {
    this.tab.command(kind, body, crashes);
  }

  /** The network may be back. */
  retry(): void {
    this.lead?.core.retry();
  }

  show(visible: boolean): void {
    this.election.show(visible);
  }

  /** The page is put to sleep: another tab shall lead. */
  sleep(): void {
    if (!this.channel) return;
    this.election.leave();
    this.tab.forget();
  }

  wake(): void {
    if (!this.channel) return;
    this.election.begin();
    this.tab.join();
  }

  /** Nothing is done or said any more. */
  end(): void {
    this.part();
    this.stop();
  }

  private meet(): void {
    const { name, tab, watches, locks, channel } = this.parts;
    try {
      this.channel = channel((message) => this.take(message));
    } catch {
      return this.be_alone();
    }
    // The leader sees by this lock that the tab lives: it is held before the leader hears of it.
    // Browsers do not put pages with a lock to sleep: a shop's pages hold no more than they must.
    const held = (): Promise<void> => {
      this.tab.join();
      return new Promise(() => undefined);
    };
    if (watches) locks.request(lockOfTab(name, tab), {}, held).catch(() => undefined);
    else this.tab.join();
    this.election.begin();
  }

  private be_alone(): void {
    this.part();
    void this.begin();
  }

  private part(): void {
    this.channel?.close();
    this.channel = undefined;
    this.election.leave();
    this.tab.forget();
  }

  private take(message: FromLeader | FromTab): void {
    if ("join" in message || "from" in message) return this.lead?.leader.take(message);
    if (this.tab.isOld(message)) {
      if (this.lead || !this.election.silent) return;
      this.tab.forget();
    }
    this.election.heard();
    if (this.lead && runIn(message)) this.election.yield();
    this.tab.take(message);
    if ("state" in message && message.to?.includes(this.parts.tab)) this.compare(message.build);
  }

  // What has just been loaded is the newest, and a page needs a core that is not older than it.
  private compare(build: string): void {
    if (!this.met && build !== this.parts.build) this.election.take();
    this.met = true;
  }

  private to_leader(message: FromTab): void {
    if (this.lead) this.lead.leader.take(message);
    else this.channel?.post(message);
  }

  private say(message: FromLeader): void {
    const { tab } = this.parts;
    const followed = this.lead?.leader.followed || !("events" in message);
    const others = message.to ? message.to.some((each) => each !== tab) : followed;
    if (others) this.channel?.post(message);
    this.tab.take(message);
  }

  private beat(): void {
    this.say({ beat: this.lead?.leader.run ?? 0 });
  }

  // --- leading

  private async begin(): Promise<void> {
    const turn = ++this.turn;
    this.beat();
    const place = await this.parts.open().catch(() => undefined);
    if (turn !== this.turn) return place?.close();
    if (!place) return this.fail();
    // What is not kept others cannot share, and need not wait for.
    if (place.mode !== "kept") this.part();
    this.run(place);
  }

  private run(place: Place): void {
    const { watches, build } = this.parts;
    this.met = true;
    const core = place.run({
      events: (events) => leader.events(events),
      crashed: (final) => (final ? this.fail() : leader.crashed()),
      superseded: () => (this.channel ? this.election.yield() : this.fail()),
    });
    const leader = new Leader({
      term: place.term,
      storage: place.mode,
      build,
      watches,
      core,
      say: (message) => this.say(message),
      outlive: (tab, gone) => this.outlive(tab, gone),
    });
    this.lead = { place, leader, core };
    this.beat();
  }

  private outlive(tab: string, gone: () => void): void {
    const { name, locks, watches } = this.parts;
    if (!watches || tab === this.parts.tab) return;
    const { lead } = this;
    const held = async (): Promise<void> => {
      if (this.lead === lead) gone();
    };
    locks.request(lockOfTab(name, tab), {}, held).catch(() => undefined);
  }

  private stop(): void {
    this.turn++;
    this.lead?.core.stop();
    this.lead?.place.close();
    this.lead = undefined;
  }

  // Another tab may do better; this one waits for its page to begin again.
  private fail(): void {
    if (this.lead) this.channel?.post({ crashed: true, run: this.lead.leader.run + 1 });
    this.part();
    this.stop();
    this.parts.toPage({ crashed: "final" });
  }
}
