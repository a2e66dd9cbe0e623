// Looks through what this device has stored of its conversations, page by page from the newest, for
// messages with certain words: nothing of it leaves the device.
import { ContentKind } from "../../engine/src/gen/wire.ts";
import { amendedIn } from "./amend.ts";
import type { Conversation, Item } from "./conversation.ts";

export type Match = { readonly log: string; readonly item: Item; readonly text: string };

/** A page of stored messages with what changes them; before_seq 0: the newest. */
export type PageOf = (log: string, before_seq: number) => Promise<Conversation>;

/** A card too has words, and so has a file. */
const isSaid = (kind: number, content: Uint8Array | undefined): boolean =>
  kind === ContentKind.TEXT || content !== undefined;

function matchesIn(page: Conversation, words: readonly string[]): Match[] {
  const amended = amendedIn(page.items);
  const said = (item: Item) => amended.get(item.key)?.text ?? item.text;
  return page.items
    .filter(({ kind, content, problem, seq }) => !problem && seq > 0 && isSaid(kind, content))
    .filter((item) => {
      const text = said(item).toLocaleLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map((item) => ({ log: page.log, item, text: said(item) }))
    .reverse();
}

/** Newest first within each conversation; ends early where the caller does. */
export async function* scan(
  logs: readonly string[],
  query: string,
  page_of: PageOf,
): AsyncGenerator<Match[]> {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const log of words.length ? logs : []) {
    for (let before = 0; ; ) {
      const page = await page_of(log, before);
      yield matchesIn(page, words);
      if (!page.more || !page.firstSeq || page.firstSeq === before) {
        break;
      }
      before = page.firstSeq;
    }
  }
}
