// A message of which one wants something, and what can be had.
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { amendedIn, mayAmend, mayRecall, type Amended } from "../amend.ts";
import type { Conversation, Item } from "../conversation.ts";
import type { ToolsHost } from "./host.ts";

export type Subject = {
  readonly log: string;
  readonly item: Item;
  readonly isNote: boolean;
  readonly words: string;
  readonly amended: Amended | undefined;
  readonly canReact: boolean;
  readonly canReply: boolean;
  readonly canEdit: boolean;
  readonly canRecall: boolean;
  readonly hasHistory: boolean;
};

export type Version = { readonly text: string; readonly timeMs: number };

function subjectIn(host: ToolsHost, of: Conversation, key: string, isNote: boolean) {
  const item = of.items.find((each) => each.key === key);
  if (!item || item.problem || item.kind === ContentKind.PAGE_VIEW) {
    return undefined;
  }
  const amended = amendedIn(of.items).get(key);
  const recalled = amended?.recall !== undefined;
  const open = host.canWrite() && item.seq > 0 && !recalled;
  return {
    log: of.log,
    item,
    isNote,
    words: amended?.text ?? item.text,
    amended,
    canReact: open,
    canReply: open,
    canEdit: host.canWrite() && mayAmend(of.items, item, Date.now()),
    canRecall: host.canWrite() && mayRecall(of.items, item, Date.now()),
    hasHistory: host.side === "shop" && (recalled || (amended?.edits.length ?? 0) > 0),
  };
}

/** By the key that stands at its bubble; nothing where there is nothing to be done with it. */
export function subjectOf(host: ToolsHost, key: string): Subject | undefined {
  const notes = host.notes();
  const found = subjectIn(host, host.conversation(), key, false);
  return found ?? (notes && subjectIn(host, notes, key, true));
}

/** Everything that it has said, the first words first. */
export function versionsOf({ item, amended }: Subject): Version[] {
  const edits = amended?.edits ?? [];
  return [item, ...edits].map(({ text, timeMs }) => ({ text, timeMs }));
}
