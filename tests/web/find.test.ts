// Search: what is asked of the desk, where words stand in a text, and what a visitor's own device
// finds in what it has stored.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_QUESTION, piecesOf, requestOf } from "../../web/console/find.ts";
import { emptyConversation, type Conversation, type Item } from "../../web/ui/src/conversation.ts";
import { scan } from "../../web/ui/src/scan.ts";

test("a question of two dates holds both whole days of this place", () => {
  const { fromMs, toMs } = requestOf({ ...NO_QUESTION, from: "2026-03-28", to: "2026-03-29" });
  assert.equal(fromMs, new Date(2026, 2, 28).getTime());
  assert.equal(toMs, new Date(2026, 2, 30).getTime(), "also where an hour of it is missing");
  assert.equal(requestOf(NO_QUESTION).toMs, 0);
  assert.equal(requestOf(NO_QUESTION).fromMs, 0);
});

test("one asks for customers, for the team or for one of it", () => {
  assert.equal(requestOf({ ...NO_QUESTION, who: "customers" }).who, 1);
  assert.equal(requestOf({ ...NO_QUESTION, who: "team" }).who, 2);
  const device = "0a".repeat(32);
  const one = requestOf({ ...NO_QUESTION, who: device });
  assert.equal(one.who, 0);
  assert.equal(one.author?.[31], 10);
});

test("found words are marked wherever they stand, whatever signs they hold", () => {
  const found = (text: string, words: string) =>
    piecesOf(text, words).filter((piece) => piece.found).map((piece) => piece.text);
  assert.deepEqual(found("The Zip, the zip", "zip"), ["Zip", "zip"]);
  assert.deepEqual(found("拉链坏了，拉链", "拉链"), ["拉链", "拉链"]);
  assert.deepEqual(found("a+b (c)", "a+b (c"), ["a+b", "(c"]);
  assert.deepEqual(found("nothing", "  "), []);
  assert.equal(piecesOf("The Zip", "zip").map(({ text }) => text).join(""), "The Zip");
});

const item = (seq: number, text: string, more: Partial<Item> = {}): Item => ({
  key: `k${seq}`, seq, counter: seq, ref: 0, author: "a", authorClass: 1, authorName: "",
  mine: true, kind: 1, text, timeMs: seq, problem: 0, refused: 0, ...more,
});

test("all that is stored is looked through, newest first, as it reads now", async () => {
  const pages: Record<number, Partial<Conversation>> = {
    0: { items: [item(5, "blue bag"), item(6, "Zip")], firstSeq: 5, more: true },
    5: {
      items: [
        item(3, "red bag"),
        item(4, "bag"),
        item(7, "green BAG", { kind: 4, target: { author: "a", counter: 3, seq: 3 } }),
        item(8, "", { kind: 5, target: { author: "a", counter: 4, seq: 4 } }),
      ],
      firstSeq: 1,
      more: false,
    },
  };
  const asked: number[] = [];
  const page_of = (log: string, before: number) => {
    asked.push(before);
    return Promise.resolve({ ...emptyConversation(log), ...pages[before] });
  };
  const found: string[] = [];
  for await (const matches of scan(["01"], " Bag ", page_of)) {
    found.push(...matches.map(({ text }) => text));
  }
  assert.deepEqual(found, ["blue bag", "green BAG"]);
  assert.deepEqual(asked, [0, 5]);
  for await (const matches of scan(["01"], "  ", page_of)) {
    assert.fail(`nothing is asked for, but ${matches.length} found`);
  }
});
