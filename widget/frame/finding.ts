// The search over one's own messages, in place of the conversation.
import type { FinderHost } from "../../web/ui/src/tools/finder.tsx";
import type { FrameApp } from "./app.ts";

/** Of the store at a time, when it is looked through. */
const SEARCHED_ENTRIES = 200;

const finderHost = (app: FrameApp): FinderHost => ({
  locale: () => app.locale.peek(),
  logs: () => app.rows.peek().map(({ log }) => log),
  pageOf: (log, before_seq) => app.session.page(log, before_seq, SEARCHED_ENTRIES),
  nameOf: ({ item }) => (item.mine ? app.t.peek()("you") : app.nameOf(item)),
  left: () => {
    app.whole.value = undefined;
    app.takeFocus();
  },
  go: ({ log, item: { author, counter, seq } }) => {
    app.whole.value = undefined;
    if (log !== app.shown.peek()) {
      app.showRow(log);
    }
    app.goTo({ author, counter, seq });
  },
});

export function find(app: FrameApp): void {
  const open = app.finder.peek();
  if (open) {
    app.whole.value = (place) => open(place, finderHost(app));
  }
}
