// Stands in for the worker of a page: a device that says what its script says and carries nothing
// out. With it the real pages can be drawn in any state, the same at every run. Bundled and put
// into each frame before its own scripts; the script stands in `window.shownScript`.
import { decode, encode, type Table } from "../../web/engine/src/codec.ts";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import {
  CommandKind,
  EventKind,
  InboxPage,
  LoadHistory,
  OpenLog,
  Request,
  ResponseEvent,
} from "../../web/engine/src/gen/wire.ts";
import * as wire from "../../web/engine/src/gen/wire.ts";
import type { FromWorker, ToWorker } from "../../web/engine/src/messages.ts";
import { toHex } from "../../web/engine/src/text.ts";
import { bytesOf as cardBytes, type Card } from "../../web/ui/src/cards/read.ts";
import type { Admin, Conversation, Said, Script } from "./script.ts";

declare global {
  interface Window {
    shownScript: Script;
  }
}

const classes = { customer: 1, agent: 2, desk: 3, stranger: 4 } as const;
const kinds = {
  text: wire.ContentKind.TEXT,
  edit: wire.ContentKind.EDIT,
  recall: wire.ContentKind.RECALL,
  sign: wire.ContentKind.REACTION,
} as const;
const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
/** A script is plain data: a picture cannot stand in it. */
function bytesOfCard(card: Card): Uint8Array {
  const picture = new Uint8Array();
  if (card.kind === wire.ContentKind.PRODUCT) {
    return cardBytes({ ...card, of: { ...card.of, picture } });
  }
  return card.kind > wire.ContentKind.ARTICLE ? new Uint8Array([8, 1]) : cardBytes(card);
}
/** Ids of devices and logs: one number repeated. */
const filled = (size: number, byte: number): Uint8Array => new Uint8Array(size).fill(byte);

type Event = readonly [number, Uint8Array];

function event<T>(kind: number, table: Table<T>, fields: Partial<T>): Event {
  return [kind, encode(table, fields)];
}

function teamOf(admin: Admin, devices: Admin["devices"]): Uint8Array {
  return encode(wire.TeamPage, {
    nowMs: admin.nowMs,
    devices: devices.map((each) => ({
      away: false,
      statusMs: 0,
      removedMs: 0,
      lastAdmin: false,
      ...each,
      device: filled(32, each.device),
      person: filled(32, each.person ?? each.device),
      browser: each.browser ?? "",
    })),
    invitations: admin.invitations.map((each) => ({
      ...each,
      invitation: filled(16, each.invitation),
      replaces: new Uint8Array(32),
      beside: new Uint8Array(32),
    })),
  });
}

function answerAdmin(admin: Admin, method: string): Uint8Array {
  switch (method) {
    case "admin.overview": {
      const { url, look, seen, shop, ...rest } = admin;
      return encode(wire.AdminOverview, {
        ...rest,
        backupVerifiedMs: rest.backedUpMs,
        domains: [...rest.domains],
        shop: filled(32, 7),
        name: shop,
        relayUrl: `${url.replace("http", "ws")}/ws`,
        assetsUrl: url,
        look: encode(wire.AdminLook, look),
        seen: seen.map((each) => ({
          frameMs: 0,
          refusedMs: 0,
          ...each,
          allowed: !each.refusedMs,
        })),
      });
    }
    case "admin.team.list":
      return teamOf(admin, admin.devices);
    case "devices.list":
      return teamOf(admin, admin.devices.filter(({ device, person }) => (person ?? device) === 2));
    case "devices.invite":
    case "admin.invite": {
      const { invitation = 0, expiresMs = 0 } = admin.invitations[0] ?? {};
      const fields = { link: admin.link, invitation: filled(16, invitation), expiresMs };
      return encode(wire.AdminInvited, fields);
    }
    case "admin.domains.set":
      return encode(wire.SettingRefusal, { why: "path", at: admin.domains.length });
    default:
      return new Uint8Array();
  }
}

class ScriptedDevice extends EventTarget {
  private readonly script = window.shownScript;
  private readonly app = location.pathname.includes("console") ? "console" : "widget";

  constructor() {
    super();
    // A worker is told with its address what to open.
    queueMicrotask(() => this.open());
  }

  postMessage(message: ToWorker): void {
    // Later, as a worker's answers are.
    queueMicrotask(() => this.take(message));
  }

  terminate(): void {
    this.script.crashed = false;
  }

  private say(message: FromWorker): void {
    this.dispatchEvent(new MessageEvent("message", { data: message }));
  }

  private take(message: ToWorker): void {
    if ("command" in message) {
      this.carry_out(message.command, message.body);
    }
  }

  private open(): void {
    const { storage, crashed, starting, connection, shop, conversations } = this.script;
    this.say({ storage });
    if (crashed) {
      this.say({ crashed: "final" });
    }
    if (crashed || starting || storage === "refused") {
      return;
    }
    const certified = this.app === "console" && !this.script.uncertified;
    const not_after = this.script.certificateEndsMs ?? 0;
    const events: Event[] = [
      event(EventKind.READY, wire.Ready, {
        device: filled(32, this.app === "console" ? 2 : 1),
        certified,
        hasCard: true,
        notAfterMs: certified ? not_after : 0,
        subject: filled(32, this.script.subject ?? 0),
      }),
      event(EventKind.CONNECTION, wire.Connection, {
        blobBytesMax: this.script.blobBytesMax ?? 1e9,
        ...connection,
      }),
    ];
    if (shop) {
      const { accent, ...rest } = shop;
      const look = accent ? encode(wire.Look, { accent }) : new Uint8Array();
      events.push(event(EventKind.SHOP, wire.Shop, { ...rest, look, version: 1 }));
    }
    for (const each of conversations) {
      const log = bytesOf(each.log);
      const head = each.messages.filter(({ waits }) => !waits).length;
      if (this.app === "widget") {
        const fields = { log, kind: 1, headSeq: head, creator: filled(32, 1) };
        events.push(event(EventKind.LOG_OPENED, wire.LogOpened, fields));
      }
      const changed = {
        log,
        headSeq: head,
        inSync: !each.behind,
        held: each.held ?? false,
        unread: each.unread ?? 0,
      };
      events.push(event(EventKind.LOG_CHANGED, wire.LogChanged, changed));
    }
    for (const code of this.script.problems ?? []) {
      events.push(event(EventKind.PROBLEM, wire.Problem, { code }));
    }
    this.say({ events });
  }

  private carry_out(kind: number, body: Uint8Array): void {
    const opens = kind === CommandKind.OPEN_LOG;
    if (opens || kind === CommandKind.LOAD_HISTORY) {
      const log = toHex(opens ? decode(OpenLog, body).log : decode(LoadHistory, body).log);
      const { conversations } = this.script;
      const main = conversations.find((each) => each.log === log);
      const noted = conversations.find((each) => each.teamLog === log);
      const shown = main ?? noted;
      if (shown) {
        this.say({ events: this.history(log, shown, shown === noted) });
      }
    } else if (kind === CommandKind.REQUEST) {
      const { id, method, body: question } = decode(Request, body);
      const code = this.refuses(method);
      const fields = { id, code, body: this.answer(method, question) };
      this.say({ events: [event(EventKind.RESPONSE_EVENT, ResponseEvent, fields)] });
      if (method === "link.make" || method === "link.use") {
        const body = this.link(this.script.link);
        const news = event(EventKind.PUSH_EVENT, wire.PushEvent, { method: "link", body });
        // What becomes of it comes after the answer has been taken in.
        setTimeout(() => this.say({ events: [news] }));
      }
      if (this.script.then && method === "inbox.list") {
        this.say({ events: [event(EventKind.CONNECTION, wire.Connection, this.script.then)] });
      }
    }
  }

  private refuses(method: string): number {
    const { adminRefused = 0 } = this.script;
    const changes = method === "admin.domains.set";
    return method.startsWith("admin.") ? adminRefused || (changes ? Errc.setting_refused : 0) : 0;
  }

  private answer(method: string, question: Uint8Array): Uint8Array {
    const { admin } = this.script;
    if (method.startsWith("link.")) {
      // Where it is used one calls first.
      const steps: Record<string, number> = { "link.make": 1, "link.use": 5 };
      return this.link({ step: steps[method] ?? 0 });
    }
    if (method === "search") {
      return this.found(decode(wire.SearchRequest, question).words);
    }
    if (method === "inbox.list") {
      return this.inbox();
    }
    if (method === "status.get") {
      return encode(wire.AgentStatus, { away: false, role: this.script.role ?? (admin ? 1 : 2) });
    }
    return admin ? answerAdmin(admin, method) : new Uint8Array();
  }

  /** Good for ten minutes. */
  private link(state: Script["link"] = { step: 1 }): Uint8Array {
    const endMs = Date.now() + 10 * 60_000;
    return encode(wire.LinkState, { endMs, link: filled(96, 9), ...state });
  }

  private history(hex: string, shown: Conversation, notes: boolean): Event[] {
    const log = bytesOf(hex);
    const said = notes ? (shown.notes ?? []) : shown.messages;
    const events = said.map((each, at) => this.message(log, each, at + 1));
    said.forEach((each, at) => {
      if (each.refused) {
        const fields = { log, counter: at + 1, code: each.refused, ref: at + 1 };
        events.push(event(EventKind.PLACED, wire.Placed, fields));
      }
    });
    const { delivered = 0, read = 0, ownRead = said.length } = shown;
    const receipts = { log, deliveredSeq: delivered, readSeq: read, ownReadSeq: ownRead };
    events.push(event(EventKind.RECEIPTS, wire.Receipts, receipts));
    const lastSeq = said.length;
    const end = { log, firstSeq: 1, lastSeq, atEnd: true, more: shown.more ?? false };
    events.push(event(EventKind.HISTORY_END, wire.HistoryEnd, end));
    if (shown.typing && !notes) {
      const author = filled(32, shown.typing === "agent" ? 2 : 1);
      events.push(event(EventKind.TYPING, wire.Typing, { log, author, on: true }));
    }
    return events;
  }

  private message(log: Uint8Array, said: Said, place: number): Event {
    const by = classes[said.by];
    const mine = this.app === "console" ? said.by === "agent" && !said.other : by === 1;
    const { product, cart, title, url, does, to, text = "" } = said;
    const page = title !== undefined;
    const sign = does === "sign" ? encode(wire.Reaction, { emoji: text }) : undefined;
    const written = page
      ? encode(wire.PageView, {
          url: url ?? "",
          title,
          locale: said.locale ?? "",
          device: said.device ?? "",
          ...(product && { product: encode(wire.Product, product) }),
          ...(cart && { cart: encode(wire.Cart, cart) }),
        })
      : encode(wire.Text, { text, quote: does ? "" : (said.quote ?? "") });
    const card = said.card as Card | undefined;
    const shown = card ? bytesOfCard(card) : said.shows && bytesOf(said.shows.content);
    const content = shown ?? sign ?? written;
    const kind = card?.kind ?? said.shows?.kind;
    return event(EventKind.MESSAGE, wire.MessageEvent, {
      log,
      seq: said.waits || said.refused ? 0 : place,
      counter: place,
      author: filled(32, said.other ? 9 : by),
      authorClass: by,
      mine,
      kind: kind ?? (page ? wire.ContentKind.PAGE_VIEW : kinds[does ?? "text"]),
      fallback: kind ? text : "",
      ...(to && { targetAuthor: filled(32, to.by), targetCounter: to.place, targetSeq: to.place }),
      content: said.problem || does === "recall" ? new Uint8Array() : content,
      timeMs: said.timeMs,
      ref: mine ? place : 0,
      problem: said.problem ?? 0,
      authorName: said.name ?? "",
      history: !said.waits && !said.refused,
    });
  }

  private found(words: string): Uint8Array {
    const hits = this.script.conversations.flatMap(({ log, messages }) =>
      messages.flatMap(({ text = "", timeMs, by, name = "", does }, at) => {
        const hit = { log: bytesOf(log), inside: bytesOf(log), seq: at + 1, timeMs, text, name };
        const said = { author: filled(32, classes[by]), authorClass: classes[by], kind: 1 };
        return text.includes(words) && !does ? { ...hit, ...said } : [];
      }),
    );
    return encode(wire.SearchPage, { hits });
  }

  private inbox(): Uint8Array {
    const rows = this.script.conversations.map((each, at) => {
      const last = each.messages.at(-1);
      return {
        log: bytesOf(each.log),
        teamLog: each.teamLog ? bytesOf(each.teamLog) : filled(16, 0),
        preview: last?.text ?? "",
        headSeq: each.messages.length,
        timeMs: last?.timeMs ?? 0,
        waitingSinceMs: each.waitingSinceMs ?? 0,
        pageTitle: each.messages.find(({ title }) => title)?.title ?? "",
        locale: "",
        creator: filled(32, each.creator ?? 20 + at),
        recalled: false,
        subject: each.subject ?? "",
        subjectName: each.subjectName ?? "",
        tags: [...(each.tags ?? [])],
      };
    });
    return encode(InboxPage, { rows });
  }
}

window.Worker = ScriptedDevice as unknown as typeof Worker;
