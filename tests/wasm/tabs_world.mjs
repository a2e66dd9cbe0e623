// Tabs of one device in one world without a browser: a clock, locks, a channel and a store between
// them, and tabs that sleep, wake and die. Nothing happens but by a task of some tab.
import { engine } from "./engine.mjs";

const { Device, decode, encode, wire } = await engine("device.ts", "codec.ts", "index.ts");
const { CommandKind, EventKind } = wire;

export const NAME = "device";
export const log = new Uint8Array(16).fill(7);

/** One tab: what is to happen in it waits while it sleeps, and never happens once it is dead. */
class TabLife {
  asleep = false;
  dead = false;
  /** Timers fire only at multiples of so many ms. */
  slow = 1;
  backlog = [];
  timers = new Set();

  constructor(world, name) {
    Object.assign(this, { world, name });
  }

  task(run) {
    this.world.busy++;
    const turn = () => {
      if (this.asleep && !this.dead) return void this.backlog.push(turn);
      this.world.busy--;
      if (!this.dead) run();
    };
    setImmediate(turn);
  }

  now = () => this.world.time;

  after = (delay, callback) => {
    const timer = { at: this.world.time + delay, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  fire_timers() {
    if (this.asleep || this.dead || this.world.time % this.slow) return;
    for (const timer of [...this.timers]) {
      if (timer.at <= this.world.time && this.timers.delete(timer)) this.task(timer.callback);
    }
  }

  sleep() {
    this.asleep = true;
  }

  wake() {
    this.asleep = false;
    this.backlog.splice(0).forEach((turn) => turn());
    this.fire_timers();
  }

  die() {
    this.dead = true;
    this.backlog.splice(0).forEach((turn) => turn());
    this.world.locks.bury(this);
  }
}

/** As the platform's, as far as tabs use them; the answers come as tasks of their tabs. */
class FakeLocks {
  waiting = [];
  holders = new Map();
  /** As without storage. */
  refused = false;

  of(tab) {
    return {
      request: (name, options, held) =>
        new Promise((resolve, reject) => {
          if (this.refused) return reject(new DOMException("refused", "SecurityError"));
          const wish = { tab, name, held, resolve, reject };
          if (options.steal) return this.steal(wish);
          this.waiting.push(wish);
          options.signal?.addEventListener("abort", () => this.withdraw(wish));
          this.grant(name);
        }),
    };
  }

  steal(wish) {
    const holder = this.holders.get(wish.name);
    if (holder) this.refuse(holder);
    this.hold(wish);
  }

  refuse({ tab, reject }) {
    tab.task(() => reject(new DOMException("taken away", "AbortError")));
  }

  withdraw(wish) {
    const at = this.waiting.indexOf(wish);
    if (at < 0) return;
    this.waiting.splice(at, 1);
    this.refuse(wish);
  }

  grant(name) {
    const at = this.waiting.findIndex((wish) => wish.name === name);
    if (this.holders.has(name) || at < 0) return;
    this.hold(...this.waiting.splice(at, 1));
  }

  hold(wish) {
    this.holders.set(wish.name, wish);
    wish.tab.task(() =>
      wish.held().then(() => {
        wish.resolve();
        this.release(wish);
      }),
    );
  }

  release(wish) {
    if (this.holders.get(wish.name) !== wish) return;
    this.holders.delete(wish.name);
    this.grant(wish.name);
  }

  bury(tab) {
    this.waiting = this.waiting.filter((wish) => wish.tab !== tab);
    for (const wish of [...this.holders.values()]) {
      if (wish.tab === tab) this.release(wish);
    }
  }
}

/** Keeps each message once, by its ref, as the core does. */
class FakeCore {
  ready = false;
  stopped = false;
  lives = 0;
  held = [];

  constructor(tab, term, listener) {
    Object.assign(this, { tab, term, listener });
    this.later(() => this.begin());
  }

  /** Never, where it fails or is stopped before. */
  later(run) {
    const { lives } = this;
    this.tab.task(() => {
      if (!this.stopped && lives === this.lives) run();
    });
  }

  crash() {
    if (this.stopped) return;
    this.lives++;
    this.ready = false;
    this.held = [];
    this.listener.crashed(false);
    this.later(() => this.begin());
  }

  say(kind, table, fields) {
    this.listener.events([[kind, encode(table, fields)]]);
  }

  begin() {
    this.ready = true;
    this.say(EventKind.READY, wire.Ready, { device: new Uint8Array(32).fill(this.term) });
    this.say(EventKind.LOG_OPENED, wire.LogOpened, { log, kind: 1 });
    for (const command of this.held.splice(0)) this.command(...command);
  }

  command(kind, body, taken = () => undefined) {
    if (this.stopped) return;
    if (!this.ready) return void this.held.push([kind, body, taken]);
    this.tab.world.commands.push([this.tab.name, kind]);
    if (kind === CommandKind.SEND) return this.later(() => this.keep(body, taken));
    if (kind === CommandKind.OPEN_LOG) this.later(() => this.show_history());
    if (kind === CommandKind.REQUEST) {
      const { id } = decode(wire.Request, body);
      const answer = () => this.say(EventKind.RESPONSE_EVENT, wire.ResponseEvent, { id });
      if (this.tab.world.answers) this.later(answer);
    }
    taken();
  }

  keep(body, taken) {
    const { world } = this.tab;
    if (world.store.term !== this.term) {
      this.stop();
      return this.listener.superseded();
    }
    const { ref } = decode(wire.Send, body);
    if (!world.store.refs.includes(ref)) world.store.refs.push(ref);
    world.kept(this.tab, ref);
    this.show(ref, false);
    taken();
  }

  show(ref, history) {
    const seq = this.tab.world.store.refs.indexOf(ref) + 1;
    this.say(EventKind.MESSAGE, wire.MessageEvent, { log, seq, ref, mine: true, history });
  }

  show_history() {
    for (const ref of this.tab.world.store.refs) this.show(ref, true);
    this.say(EventKind.HISTORY_END, wire.HistoryEnd, { log });
  }

  retry() {}
  stop() {
    this.stopped = true;
  }
}

/** What a page makes of the events: opens the log when ready, shows each message in its place. */
class Page {
  said = [];
  shown = new Map();
  crashes = 0;
  taken_back = [];
  answered = [];
  unstored = new Set();

  constructor(life, device) {
    Object.assign(this, { life, device });
  }

  take(message) {
    if ("crashed" in message) {
      this.crashes++;
      this.said.push(`crashed ${message.crashed}`);
      this.taken_back.push(...this.unstored);
      this.unstored.clear();
    } else if ("storage" in message) {
      this.said.push(message.storage);
    } else {
      for (const event of message.events) this.see(event);
    }
  }

  see([kind, body]) {
    if (kind === EventKind.READY) {
      this.said.push("ready");
      this.name = decode(wire.Ready, body).name;
      this.command("OPEN_LOG", wire.OpenLog, { log });
    } else if (kind === EventKind.MESSAGE) {
      const { seq, ref } = decode(wire.MessageEvent, body);
      this.shown.set(seq, ref);
      this.unstored.delete(ref);
    } else if (kind === EventKind.HISTORY_END) {
      this.said.push("history");
    } else if (kind === EventKind.RESPONSE_EVENT) {
      this.answered.push(decode(wire.ResponseEvent, body).id);
    } else {
      this.said.push(kind);
    }
  }

  command(kind, table, fields) {
    const body = encode(table, fields);
    const { crashes } = this;
    this.life.task(() => this.device().command(CommandKind[kind], body, crashes));
  }

  send(ref) {
    this.unstored.add(ref);
    this.command("SEND", wire.Send, { log, ref, kind: 1 });
  }

  get messages() {
    return [...this.shown].sort(([a], [b]) => a - b).map(([, ref]) => ref);
  }
}

export class World {
  time = 0;
  busy = 0;
  tabs = [];
  store = { term: 0, refs: [] };
  locks = new FakeLocks();
  commands = [];
  mode = "kept";
  /** Whether the desk answers. */
  answers = true;
  kept = () => undefined;

  open({ visible = true, watches = false, build = "one" } = {}) {
    const life = new TabLife(this, `tab ${this.tabs.length + 1}`);
    let device;
    const page = new Page(life, () => device);
    const tab = { life, page, cores: [] };
    this.tabs.push(tab);
    life.task(() => {
      device = tab.device = new Device({
        name: NAME,
        tab: life.name,
        build,
        watches,
        visible,
        locks: this.locks.of(life),
        clock: life,
        channel: (take) => this.channel(tab, take),
        open: () => this.place(tab),
        toPage: (message) => {
          const copy = structuredClone(message);
          life.task(() => page.take(copy));
        },
      });
    });
    return tab;
  }

  channel(tab, take) {
    tab.hear = take;
    const post = (message) => {
      if (tab.life.dead) return;
      for (const other of this.tabs) {
        if (other === tab || !other.hear) continue;
        const copy = structuredClone(message);
        other.life.task(() => other.hear?.(copy));
      }
    };
    return { post, close: () => (tab.hear = undefined) };
  }

  async place(tab) {
    await new Promise((resolve) => tab.life.task(resolve));
    const { mode } = this;
    const term = ++this.store.term;
    const run = (listener) => {
      const core = new FakeCore(tab.life, term, listener);
      tab.cores.push(core);
      return core;
    };
    return { mode, term, run, close: () => undefined };
  }

  /** Until nothing is left to do in any tab that is awake. */
  async settle() {
    for (;;) {
      const asleep = this.tabs.reduce((sum, { life }) => sum + life.backlog.length, 0);
      if (this.busy === asleep) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Second by second. */
  async pass(seconds) {
    for (let i = 0; i < seconds; i++) {
      this.time += 1000;
      for (const { life } of this.tabs) life.fire_timers();
      await this.settle();
    }
  }

  get leader() {
    return this.tabs.find(({ life }) => this.locks.holders.get(NAME)?.tab === life);
  }
}

export { CommandKind, EventKind, encode, wire };
