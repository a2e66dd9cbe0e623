// Search over the messages of all conversations: asked of the desk, page by page.
import { signal, type Signal } from "@preact/signals";
import type { Engine } from "../engine/src/client.ts";
import { decode, encode } from "../engine/src/codec.ts";
import {
  SearchPage,
  SearchRequest,
  type InboxRow,
  type SearchHit,
} from "../engine/src/gen/wire.ts";
import { fromHex, toHex } from "../engine/src/text.ts";
import { AuthorClass } from "../ui/src/conversation.ts";

/** Who may have said it: anybody, customers, the team, or the device of one of it. */
export type Who = "" | "customers" | "team" | string;

export type Question = {
  readonly words: string;
  readonly who: Who;
  /** As a date field has it, "2026-04-05"; "" for no end. */
  readonly from: string;
  readonly to: string;
  /** That the conversation has; "" for any. */
  readonly tag: string;
};

export const NO_QUESTION: Question = { words: "", who: "", from: "", to: "", tag: "" };

export type Author = { readonly device: string; readonly name: string };

const DAY_MS = 24 * 3600 * 1000;

/** A date of this place; 0 where there is none. */
function startOf(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return date ? new Date(year, month - 1, day).getTime() || 0 : 0;
}

export function requestOf({ words, who, from, to, tag }: Question): Partial<SearchRequest> {
  const { customer, shop } = AuthorClass;
  const known = who === "customers" ? customer : who === "team" ? shop : 0;
  return {
    words: words.trim(),
    fromMs: startOf(from),
    // The whole day counts; it may have 23 hours or 25.
    toMs: to ? startOf(dayAfter(to)) : 0,
    who: known,
    tag,
    ...(who && !known ? { author: fromHex(who) } : {}),
  };
}

function dayAfter(date: string): string {
  const next = new Date(startOf(date) + DAY_MS + DAY_MS / 2);
  return `${next.getFullYear()}-${next.getMonth() + 1}-${next.getDate()}`;
}

export type Piece = { readonly text: string; readonly found: boolean };

/** Cut where the words of the question stand in it. */
export function piecesOf(text: string, words: string): Piece[] {
  const wanted = words.trim().split(/\s+/).filter(Boolean);
  if (!wanted.length) {
    return [{ text, found: false }];
  }
  const plain = wanted.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return text
    .split(new RegExp(`(${plain.join("|")})`, "giu"))
    .map((piece, at) => ({ text: piece, found: at % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

export class Find {
  readonly open = signal(false);
  /** Changes when its field should take the focus. */
  readonly focus = signal(0);
  readonly question: Signal<Question> = signal(NO_QUESTION);
  /** The one that the hits answer. */
  readonly asked: Signal<Question | undefined> = signal(undefined);
  readonly hits: Signal<readonly SearchHit[]> = signal([]);
  readonly authors: Signal<readonly Author[]> = signal([]);
  readonly state: Signal<"idle" | "busy" | "done" | "failed"> = signal("idle");
  readonly building = signal(false);
  readonly more = signal(false);
  private before = { beforeMs: 0, beforeId: 0 };
  private turn = 0;

  constructor(
    private readonly engine: Engine,
    private readonly adopt: (rows: readonly InboxRow[]) => void,
  ) {}

  show(words = ""): void {
    this.open.value = true;
    this.focus.value++;
    if (words) {
      this.set({ words });
      void this.run();
    }
  }

  set(part: Partial<Question>): void {
    this.question.value = { ...this.question.peek(), ...part };
  }

  /** From the first page on; an answer to an older question is dropped. */
  async run(): Promise<void> {
    const question = this.question.peek();
    this.asked.value = question;
    this.before = { beforeMs: 0, beforeId: 0 };
    await this.fetch(question, []);
  }

  async next(): Promise<void> {
    const question = this.asked.peek();
    if (question && this.more.peek() && this.state.peek() !== "busy") {
      await this.fetch(question, this.hits.peek());
    }
  }

  private async fetch(question: Question, known: readonly SearchHit[]): Promise<void> {
    const turn = ++this.turn;
    this.state.value = "busy";
    const body = encode(SearchRequest, { ...requestOf(question), ...this.before });
    const answer = await this.engine.request("search", body);
    if (turn !== this.turn) {
      return;
    }
    if (answer.code !== 0) {
      this.state.value = "failed";
      return;
    }
    const page = decode(SearchPage, answer.body);
    this.adopt(page.rows);
    this.hits.value = [...known, ...page.hits];
    this.authors.value = page.authors.map(({ device, name }) => ({ device: toHex(device), name }));
    this.before = { beforeMs: page.beforeMs, beforeId: page.beforeId };
    this.more.value = page.beforeMs > 0;
    this.building.value = page.building;
    this.state.value = "done";
  }
}
