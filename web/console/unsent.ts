// What was written here and has no place in its conversation yet.
import { computed, type ReadonlySignal } from "@preact/signals";
import { ContentKind } from "../engine/src/gen/wire.ts";
import { toHex } from "../engine/src/text.ts";
import type { Item } from "../ui/src/conversation.ts";
import type { Session } from "../ui/src/session.ts";
import type { Row } from "./inbox.ts";
import type { Talks } from "./talks.ts";

export type Unsent = { readonly row: Row; readonly isNote: boolean; readonly item: Item };

/** Written by the person himself: what the device says of him by itself is none of his. */
export const isUnsent = (item: Item): boolean =>
  item.mine && !item.seq && item.kind !== ContentKind.ABOUT;

export function unsentOf(session: Session, talks: Talks): ReadonlySignal<readonly Unsent[]> {
  return computed(() => {
    const found: Unsent[] = [];
    for (const [log, conversation] of session.logs.value) {
      const waiting = conversation.items.filter(isUnsent);
      const row = waiting.length ? talks.ownerOf(log) : undefined;
      if (row) {
        const isNote = row.teamLog !== undefined && toHex(row.teamLog) === log;
        found.push(...waiting.map((item) => ({ row, isNote, item })));
      }
    }
    return found.sort((a, b) => a.item.timeMs - b.item.timeMs);
  });
}
