// Says each new message of others once to a screen reader. What is shown is no live region itself:
// there, history that is loaded and groups that form anew would be read out again and again.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Translate } from "../i18n/index.ts";

export type News = { readonly key: string; readonly seq: number; words(): string };
type Said = { readonly key: string; readonly words: string };

/** Long enough to be read; then it is gone, so that nobody meets a message twice. */
const STAYS_MS = 8000;

type Props = {
  readonly t: Translate;
  /** False until history is there, and while nobody has the conversation before him. */
  readonly on: boolean;
  /** Messages of others that have a place, in order. */
  readonly news: readonly News[];
};

export function Announcer({ t, on, news }: Props) {
  const from = useRef(-1);
  const [said, set_said] = useState<readonly Said[]>([]);
  const newest = news.reduce((last, each) => Math.max(last, each.seq), 0);
  useEffect(() => {
    const fresh = (on && from.current >= 0 ? news : [])
      .filter(({ seq }) => seq > from.current)
      .map(({ key, words }) => ({ key, words: words() }));
    from.current = on ? Math.max(from.current, newest) : -1;
    if (fresh.length === 0) {
      return;
    }
    set_said((before) => [...before, ...fresh]);
    window.setTimeout(() => {
      set_said((before) => before.filter((each) => !fresh.includes(each)));
    }, STAYS_MS);
  }, [on, newest]);
  return (
    <div
      class="hidden-words"
      role="log"
      aria-live="polite"
      aria-relevant="additions"
      aria-label={t("newMessages")}
      data-testid="announcer"
    >
      {said.map(({ key, words }) => (
        <p key={key}>{words}</p>
      ))}
    </div>
  );
}
