// The newest of what the core has said about the state of things, for tabs that come late: all but
// messages, which they ask for themselves.
import { toHex } from "./text.js";
import { decode, encode } from "./codec.js";
import {
  Connection,
  Draft,
  EventKind,
  LogChanged,
  LogOpened,
  Member,
  Problem,
  Ready,
  Receipts,
  Typing,
} from "./gen/wire.js";
import type { RawEvent } from "./pump.js";

const ONLINE = 2;

export class Snapshot {
  // In the order in which each thing was first said.
  private readonly kept = new Map<string, RawEvent>();

  note([kind, body]: RawEvent): void {
    if (kind === EventKind.READY) this.kept.clear();
    const key = key_of(kind, body);
    if (key === undefined) return;
    if (is_over(kind, body)) this.kept.delete(key);
    else this.kept.set(key, [kind, body]);
    if (kind === EventKind.CONNECTION && decode(Connection, body).state === ONLINE) {
      this.forget_troubles();
    }
  }

  /** Ready says who this device's person is; no event tells that it has changed. */
  amend(fields: Partial<Ready>): void {
    const [kind, body] = this.kept.get(`${EventKind.READY}`) ?? [];
    if (!kind || !body) return;
    this.kept.set(`${kind}`, [kind, encode(Ready, { ...decode(Ready, body), ...fields })]);
  }

  // What was wrong with the connection is not any more.
  private forget_troubles(): void {
    for (const [key, [kind, body]] of this.kept) {
      if (kind !== EventKind.PROBLEM) continue;
      if (decode(Problem, body).log.every((byte) => !byte)) this.kept.delete(key);
    }
  }

  clear(): void {
    this.kept.clear();
  }

  list(): RawEvent[] {
    return [...this.kept.values()];
  }
}

// What the event is the state of; nothing where it is none.
function key_of(kind: number, body: Uint8Array): string | undefined {
  switch (kind) {
    case EventKind.READY:
    case EventKind.CONNECTION:
    case EventKind.SHOP:
    case EventKind.ENROLLED:
      return `${kind}`;
    case EventKind.LOG_OPENED:
      return `${kind} ${toHex(decode(LogOpened, body).log)}`;
    case EventKind.LOG_CHANGED:
      return `${kind} ${toHex(decode(LogChanged, body).log)}`;
    case EventKind.RECEIPTS:
      return `${kind} ${toHex(decode(Receipts, body).log)}`;
    case EventKind.DRAFT:
      return `${kind} ${toHex(decode(Draft, body).log)}`;
    case EventKind.MEMBER: {
      const { log, device } = decode(Member, body);
      return `${kind} ${toHex(log)} ${toHex(device)}`;
    }
    case EventKind.TYPING: {
      const { log, author } = decode(Typing, body);
      return `${kind} ${toHex(log)} ${toHex(author)}`;
    }
    case EventKind.PROBLEM: {
      const { code, log } = decode(Problem, body);
      return `${kind} ${toHex(log)} ${code}`;
    }
    default:
      return undefined;
  }
}

function is_over(kind: number, body: Uint8Array): boolean {
  if (kind === EventKind.DRAFT) return !decode(Draft, body).text;
  return kind === EventKind.TYPING && !decode(Typing, body).on;
}
