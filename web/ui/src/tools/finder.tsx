// The visitor's search over his own conversations, in place of what is shown.
import { render } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Locale } from "../../i18n/index.ts";
import { toolsIn, type Tell } from "../../i18n/tools/index.ts";
import { momentIn } from "../moment.ts";
import { scan, type Match, type PageOf } from "../scan.ts";
import { Glyph } from "./glyphs.tsx";

export interface FinderHost {
  locale(): Locale;
  /** In the order in which they are looked through. */
  logs(): readonly string[];
  readonly pageOf: PageOf;
  nameOf(match: Match): string;
  go(match: Match): void;
  /** It is closed again. */
  left(): void;
}

/** Shows the search; the answer takes it away. */
export type OpenFinder = (place: HTMLElement, host: FinderHost) => () => void;

const HITS_MAX = 100;
const PAUSE_MS = 200;
const SHOWN_BEFORE = 24;

type Found = { readonly words: string; readonly hits: readonly Match[]; readonly busy: boolean };
const NOTHING: Found = { words: "", hits: [], busy: false };

/** Ends when another search begins. */
async function look(
  words: string,
  host: FinderHost,
  goes_on: () => boolean,
  tell: (found: Found) => void,
): Promise<void> {
  let hits: readonly Match[] = [];
  for await (const more of scan(host.logs(), words, host.pageOf)) {
    if (!goes_on()) {
      return;
    }
    hits = [...hits, ...more].slice(0, HITS_MAX);
    tell({ words, hits, busy: true });
    if (hits.length >= HITS_MAX) {
      break;
    }
  }
  if (goes_on()) {
    tell({ words, hits, busy: false });
  }
}

/** From a little before the first word on. */
function Around({ text, words }: { text: string; words: string }) {
  const [word = ""] = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const at = text.toLocaleLowerCase().indexOf(word);
  if (!word || at < 0) {
    return <>{text}</>;
  }
  const begin = at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0;
  // Not within a word, where words have spaces between them.
  const space = begin ? text.indexOf(" ", begin) : -1;
  const from = space >= 0 && space < at ? space + 1 : begin;
  return (
    <>
      {from > 0 ? "\u2026" : ""}
      {text.slice(from, at)}
      <mark>{text.slice(at, at + word.length)}</mark>
      {text.slice(at + word.length)}
    </>
  );
}

type Props = { readonly t: Tell; readonly host: FinderHost; readonly onLeave: () => void };

function Hits({ t, host, found }: Props & { found: Found }) {
  const { words, hits, busy } = found;
  const count = hits.length >= HITS_MAX ? `${HITS_MAX}+` : String(hits.length);
  const said = hits.length ? t("findCount", { n: count }) : t(busy ? "findBusy" : "findNone");
  return (
    <>
      <p class="finder-state" role="status" data-testid="finder-state" data-busy={busy}>
        {words ? said : t("findMore")}
      </p>
      <ul>
        {hits.map((match) => (
          <li key={`${match.log} ${match.item.seq}`}>
            <button type="button" data-testid="finder-hit" onClick={() => host.go(match)}>
              <b>
                <bdi>{host.nameOf(match)}</bdi>
              </b>
              <time>{momentIn(host.locale(), match.item.timeMs)}</time>
              <span dir="auto">
                <Around text={match.text} words={words} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Finder(props: Props) {
  const { t, host, onLeave } = props;
  const [query, set_query] = useState("");
  const [found, set_found] = useState(NOTHING);
  const field = useRef<HTMLInputElement>(null);
  const turn = useRef(0);
  useLayoutEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const mine = ++turn.current;
    const words = query.trim();
    if (!words) {
      set_found(NOTHING);
      return undefined;
    }
    const begin = () => void look(words, host, () => mine === turn.current, set_found);
    const timer = window.setTimeout(begin, PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [query]);
  const keydown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("input, li button")];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      onLeave();
    } else if (step && at >= 0) {
      event.preventDefault();
      stops[Math.min(stops.length - 1, Math.max(0, at + step))]?.focus();
    }
  };
  return (
    <section
      class="finder" role="search" aria-label={t("findTitle")} data-testid="finder"
      onKeyDown={keydown}
    >
      <div class="finder-field">
        <button
          type="button" class="head-tool" aria-label={t("back")} title={t("back")}
          data-testid="finder-leave" onClick={onLeave}
        >
          <Glyph name="back" />
        </button>
        <input
          ref={field} type="search" maxLength={100} value={query} aria-label={t("findTitle")}
          placeholder={t("findHint")} data-testid="finder-words"
          onInput={(event) => set_query(event.currentTarget.value)}
        />
      </div>
      <Hits {...props} found={found} />
    </section>
  );
}

export const openFinder: OpenFinder = (place, host) => {
  const leave = () => {
    render(null, place);
    host.left();
  };
  render(<Finder t={toolsIn(host.locale())} host={host} onLeave={leave} />, place);
  return () => render(null, place);
};
