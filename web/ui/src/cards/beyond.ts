// Looks behind a window that does not reach the end for what answers a question inside it.
import type { Item } from "../conversation.ts";
import type { Session } from "../session.ts";

const PAGE_ENTRIES = 200;

type Looked = {
  /** Everything from here to there has been looked through. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly Item[];
};

export type Found = { readonly items: readonly Item[]; readonly checking: boolean };

const NOTHING: Looked = { from: Infinity, to: 0, items: [] };

export class Beyond {
  private readonly logs = new Map<string, Looked>();
  private readonly looking = new Set<string>();

  constructor(
    private readonly session: Session,
    /** Something of that log is known now. */
    private readonly tell: (log: string) => void,
  ) {}

  /** What is known; where that is not all, it begins to look. */
  of(log: string): Found {
    const { items, from, to } = this.logs.get(log) ?? NOTHING;
    const { newer = false, endSeq = 0, headSeq = 0 } = this.session.logs.peek().get(log) ?? {};
    const checking = newer && (from > endSeq + 1 || to < headSeq);
    if (checking && !this.looking.has(log)) {
      this.looking.add(log);
      void this.look(log, endSeq + 1, headSeq);
    }
    return { items, checking };
  }

  private async look(log: string, from: number, to: number): Promise<void> {
    const before = this.logs.get(log) ?? NOTHING;
    // Where the beginning is known, only what came since.
    const stop = before.from <= from ? before.to + 1 : from;
    const found: Item[] = [];
    for (let next = 0; ; ) {
      const page = await this.session.page(log, next, PAGE_ENTRIES);
      found.push(...page.items.filter(({ target, seq }) => target !== undefined && seq > 0));
      const { firstSeq } = page;
      if (!firstSeq || firstSeq <= stop || !page.more || firstSeq === next) {
        break;
      }
      next = firstSeq;
    }
    const known = new Set(found.map(({ seq }) => seq));
    const items = [...before.items.filter(({ seq }) => !known.has(seq)), ...found];
    this.logs.set(log, { from: Math.min(from, before.from), to, items });
    this.looking.delete(log);
    this.tell(log);
  }
}
