// The agent's workplace: enrolment, inbox, open conversations, notes.
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Engine, EngineEvent } from "../engine/src/client.ts";
import { Errc } from "../engine/src/gen/errors.ts";
import { toHex } from "../engine/src/text.ts";
import { translator, type Locale, type Translate } from "../ui/i18n/console/index.ts";
import { lastSeq, type Conversation } from "../ui/src/conversation.ts";
import { Session, type Unstored } from "../ui/src/session.ts";
import { ConnectionState } from "../ui/src/status.ts";
import type { ConsoleConfig, Invitation } from "./config.ts";
import { inOrder, mergePage, type Row } from "./inbox.ts";

/** Conversations that stay watched; the relay allows 64 logs, each conversation has two. */
const OPEN_MAX = 8;
const INBOX_RETRY_MS = 3000;
/** A desk that was started anew does not know whom to tell of changes until it is asked. */
const INBOX_AGAIN_MS = 60_000;
/** The engine asks again by itself for as long as it takes; people want to know sooner. */
const INBOX_SLOW_MS = 5000;

export type Mode = "reply" | "note";

export class ConsoleApp {
  readonly t: Translate;
  readonly session: Session;
  readonly rows: Signal<ReadonlyMap<string, Row>> = signal(new Map());
  readonly ordered: ReadonlySignal<readonly Row[]>;
  readonly inboxKnown = signal(false);
  readonly inboxState: Signal<"current" | "slow" | "failed"> = signal("current");
  /** No conversation can be served until there is a new invitation. */
  readonly expelled: ReadonlySignal<boolean>;
  readonly canSend: ReadonlySignal<boolean>;
  readonly selected = signal("");
  readonly opened = signal("");
  readonly row: ReadonlySignal<Row | undefined>;
  readonly conversation: ReadonlySignal<Conversation | undefined>;
  readonly notes: ReadonlySignal<Conversation | undefined>;
  readonly mode: Signal<Mode> = signal("reply");
  readonly drafts: Signal<ReadonlyMap<string, string>> = signal(new Map());
  readonly focus = signal(0);
  readonly joining = signal(false);
  readonly invitation: Signal<Invitation | undefined>;
  readonly visible = signal(document.visibilityState === "visible");
  private recent: string[] = [];
  private readonly watched = new Set<string>();
  private asking = false;
  private slow_timer = 0;

  constructor(
    private readonly engine: Engine,
    readonly locale: Locale,
    private config: ConsoleConfig,
    invitation: Invitation | undefined,
    private wanted: string,
    private readonly keep: (config: ConsoleConfig) => void,
  ) {
    this.t = translator(locale);
    this.invitation = signal(invitation);
    this.session = new Session(engine, this.opened, locale);
    const logs = this.session.logs;
    this.ordered = computed(() => inOrder(this.rows.value));
    this.row = computed(() => this.rows.value.get(this.opened.value));
    this.conversation = computed(() => logs.value.get(this.opened.value));
    this.notes = computed(() => {
      const team = this.row.value?.teamLog;
      return team && logs.value.get(toHex(team));
    });
    this.expelled = computed(() => {
      const { certificateEnded, connection } = this.session;
      const { state, code } = connection.value;
      const shut = state === ConnectionState.stopped && code === Errc.closed_certificate;
      return certificateEnded.value || shut;
    });
    this.canSend = computed(() => {
      const stopped = this.session.connection.value.state === ConnectionState.stopped;
      return !this.expelled.value && !stopped;
    });
    engine.on((event) => this.take(event));
    document.addEventListener("visibilitychange", () => {
      this.visible.value = document.visibilityState === "visible";
    });
    window.setInterval(() => void this.list(), INBOX_AGAIN_MS);
    effect(() => this.mark_read());
    effect(() => this.watch_team_log());
  }

  get name(): string {
    return this.config.name;
  }

  private take(event: EngineEvent): void {
    switch (event.type) {
      case "ready":
        this.watched.clear();
        if (this.row.value) {
          this.watch(this.row.value);
        }
        void this.list();
        break;
      case "enrolled":
        this.joining.value = false;
        this.invitation.value = undefined;
        void this.list();
        break;
      case "connection":
        if (event.state === ConnectionState.online) {
          void this.list();
        }
        break;
      case "pushEvent":
        if (event.method === "inbox.changed") {
          this.merge(event.body);
        }
        break;
      case "problem":
        this.joining.value = false;
        break;
      case "crashed":
        this.keep_words(this.session.takeUnstored());
        this.asking = false;
        break;
      case "placed":
        if (event.code) {
          this.keep_words(this.session.takeUnstored(event.ref));
        }
        break;
      default:
        break;
    }
  }

  /** Uses the invitation up. */
  join(name: string): void {
    const invitation = this.invitation.value;
    if (invitation && name.trim()) {
      this.config = { ...this.config, name: name.trim() };
      this.keep(this.config);
      this.joining.value = true;
      this.engine.command("enrol", { secret: invitation.secret, name: this.config.name });
    }
  }

  private async list(): Promise<void> {
    const { certified, connection, ready } = this.session;
    const online = connection.value.state === ConnectionState.online;
    if (this.asking || !certified.value || !ready.value || !online) {
      return;
    }
    this.asking = true;
    window.clearTimeout(this.slow_timer);
    this.slow_timer = window.setTimeout(() => (this.inboxState.value = "slow"), INBOX_SLOW_MS);
    const answer = await this.engine.request("inbox.list");
    window.clearTimeout(this.slow_timer);
    this.asking = false;
    this.inboxState.value = answer.code === 0 ? "current" : "failed";
    if (answer.code === 0) {
      this.inboxKnown.value = true;
      this.merge(answer.body);
    } else {
      window.setTimeout(() => void this.list(), INBOX_RETRY_MS);
    }
  }

  private merge(body: Uint8Array): void {
    this.rows.value = mergePage(this.rows.value, body);
    const wanted = this.wanted && this.rows.value.get(this.wanted);
    if (wanted) {
      this.wanted = "";
      this.open(wanted);
    }
  }

  open(row: Row): void {
    this.selected.value = row.key;
    if (this.opened.value !== row.key) {
      this.mode.value = "reply";
      this.opened.value = row.key;
      this.recent = [row.key, ...this.recent.filter((key) => key !== row.key)];
      for (const key of this.recent.splice(OPEN_MAX)) {
        this.unwatch(key);
      }
      this.watch(row);
    }
    this.focus.value++;
  }

  back(): void {
    this.opened.value = "";
  }

  private watch_log(log: Uint8Array): void {
    const key = toHex(log);
    if (!this.watched.has(key)) {
      this.watched.add(key);
      this.session.open(log);
    }
  }

  private watch(row: Row): void {
    this.watch_log(row.log);
    if (row.teamLog) {
      this.watch_log(row.teamLog);
    }
  }

  private watch_team_log(): void {
    const row = this.row.value;
    if (row?.teamLog && this.session.ready.value) {
      this.watch_log(row.teamLog);
    }
  }

  private unwatch(key: string): void {
    const row = this.rows.value.get(key);
    for (const log of row ? [row.log, ...(row.teamLog ? [row.teamLog] : [])] : []) {
      this.watched.delete(toHex(log));
      this.engine.command("closeLog", { log });
    }
  }

  /** A draft belongs to one conversation and one kind of writing. */
  private get draft_key(): string {
    return `${this.mode.value} ${this.opened.value}`;
  }

  get draft(): string {
    return this.drafts.value.get(this.draft_key) ?? "";
  }

  write(text: string): void {
    this.drafts.value = new Map(this.drafts.value).set(this.draft_key, text);
    if (this.row.value && this.mode.value === "reply") {
      this.session.typed(this.row.value.log, text.trim() !== "");
    }
  }

  /** What could not be stored stands in its composer again. */
  private keep_words(unstored: readonly Unstored[]): void {
    const drafts = new Map(this.drafts.value);
    for (const { log, text } of unstored) {
      const note = [...this.rows.value.values()].find(
        (row) => row.teamLog && toHex(row.teamLog) === log,
      );
      const key = note ? `note ${note.key}` : `reply ${log}`;
      drafts.set(key, [text, drafts.get(key)].filter(Boolean).join("\n"));
    }
    this.drafts.value = drafts;
  }

  send(text: string): void {
    const row = this.row.value;
    const log = this.mode.value === "note" ? row?.teamLog : row?.log;
    if (row && log && this.canSend.value) {
      this.write("");
      this.session.sendText(text, log);
    }
  }

  setMode(mode: Mode): void {
    this.mode.value = mode;
    this.focus.value++;
  }

  step(by: 1 | -1): void {
    const rows = this.ordered.value;
    const at = rows.findIndex((row) => row.key === this.selected.value);
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) {
      this.selected.value = next.key;
    }
  }

  openSelected(): void {
    const row = this.rows.value.get(this.selected.value);
    if (row) {
      this.open(row);
    }
  }

  loadEarlier(): void {
    const row = this.row.value;
    if (row && this.conversation.value?.more) {
      this.session.loadEarlier(row.log);
    }
    if (row?.teamLog && this.notes.value?.more) {
      this.session.loadEarlier(row.teamLog);
    }
  }

  /** Conversations in which somebody waits. */
  get waiting(): number {
    return this.ordered.value.filter((row) => row.waitingSinceMs > 0).length;
  }

  private mark_read(): void {
    const row = this.row.value;
    if (!row || !this.visible.value) {
      return;
    }
    const logs: [Uint8Array, Conversation | undefined][] = [[row.log, this.conversation.value]];
    if (row.teamLog) {
      logs.push([row.teamLog, this.notes.value]);
    }
    for (const [log, conversation] of logs) {
      const seq = conversation?.loaded ? lastSeq(conversation) : 0;
      if (conversation && seq > conversation.ownReadSeq) {
        this.session.markRead(log, seq);
      }
    }
  }
}
