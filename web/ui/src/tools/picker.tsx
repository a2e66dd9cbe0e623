// The emoji picker: those used last, all others, and a search. It exists only while it is open.
import { render } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { emoji, emojiName, findEmoji, type Emoji } from "../../i18n/emoji.ts";
import type { Locale } from "../../i18n/index.ts";
import type { OpenPicker, PickerProps } from "./host.ts";

const STORED = "shopbell.emoji";
const RECENT_MAX = 8;

function recentSigns(): string[] {
  try {
    const signs = (localStorage.getItem(STORED) ?? "").split(" ");
    return signs.filter((sign) => emoji.some((known) => known.sign === sign)).slice(0, RECENT_MAX);
  } catch {
    return [];
  }
}

function remember(sign: string): void {
  try {
    const signs = [sign, ...recentSigns().filter((other) => other !== sign)].slice(0, RECENT_MAX);
    localStorage.setItem(STORED, signs.join(" "));
  } catch {
    // The list of those used last stays empty.
  }
}

type GridProps = {
  readonly label: string;
  readonly locale: Locale;
  readonly found: readonly Emoji[];
  /** Its first sign is the one that the tab key reaches. */
  readonly first: boolean;
  onPick(sign: string): void;
};

function Grid({ label, locale, found, first, onPick }: GridProps) {
  return (
    <div class="emoji-grid" role="group" aria-label={label}>
      {found.map((each, index) => (
        <button
          key={each.sign}
          type="button"
          class="emoji"
          tabIndex={first && index === 0 ? 0 : -1}
          aria-label={emojiName(locale, each)}
          title={emojiName(locale, each)}
          data-sign={each.sign}
          onClick={() => onPick(each.sign)}
        >
          {each.sign}
        </button>
      ))}
    </div>
  );
}

function EmojiPicker({ t, locale, onPick, onClose }: PickerProps) {
  const [query, set_query] = useState("");
  const [recent] = useState(recentSigns);
  const box = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    // A keyboard on the glass would cover what is to be chosen from.
    const touch = window.matchMedia("(pointer: coarse)").matches;
    (touch ? box.current?.querySelector<HTMLElement>(".emoji") : search.current)?.focus();
    const outside = ({ target }: Event) => {
      if (target instanceof Node && !box.current?.closest(".emoji-place")?.contains(target)) {
        onClose(false);
      }
    };
    const leavings = ["pointerdown", "focusin"];
    leavings.forEach((type) => document.addEventListener(type, outside));
    return () => leavings.forEach((type) => document.removeEventListener(type, outside));
  }, []);

  const pick = (sign: string) => {
    remember(sign);
    onPick(sign);
  };
  const found = findEmoji(query);
  const keydown = (event: KeyboardEvent) => {
    const in_search = event.target === search.current;
    const [first] = found;
    // The page around has meanings of its own for letters and for Escape.
    event.stopPropagation();
    if (event.key === "Escape") {
      onClose(true);
    } else if (in_search && event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (first && query) {
        pick(first.sign);
      }
    } else if (!(in_search && /^Arrow(Left|Right|Up)$/.test(event.key))) {
      walk(event, box.current);
    }
  };
  const recent_emoji = recent.flatMap((sign) => emoji.filter((known) => known.sign === sign));
  const shows_recent = !query && recent_emoji.length > 0;
  const common = { locale, onPick: pick };
  return (
    <div
      ref={box}
      class="emoji-picker"
      role="dialog"
      aria-label={t("emoji")}
      data-testid="emoji-picker"
      onKeyDown={keydown}
    >
      <input
        ref={search}
        type="search"
        value={query}
        placeholder={t("emojiSearch")}
        aria-label={t("emojiSearch")}
        autocomplete="off"
        enterkeyhint="done"
        onInput={(event) => set_query(event.currentTarget.value)}
      />
      <div class="emoji-lists">
        {shows_recent && <Grid {...common} label={t("emojiRecent")} found={recent_emoji} first />}
        {found.length > 0 && (
          <Grid {...common} label={t("emojiAll")} found={found} first={!shows_recent} />
        )}
        {found.length === 0 && <p role="status">{t("emojiNone")}</p>}
      </div>
    </div>
  );
}

/** The sign of the next line (or the one before) that stands nearest to this one's place. */
function nearest(signs: readonly HTMLElement[], from: HTMLElement, down: boolean): HTMLElement[] {
  const start = from.getBoundingClientRect();
  const placed = signs.map((sign) => ({ sign, box: sign.getBoundingClientRect() }));
  const beyond = placed.filter(({ box }) => (down ? box.top > start.top : box.top < start.top));
  const line = (down ? beyond[0] : beyond.at(-1))?.box.top;
  return beyond
    .filter(({ box }) => box.top === line)
    .sort((a, b) => Math.abs(a.box.left - start.left) - Math.abs(b.box.left - start.left))
    .map(({ sign }) => sign);
}

/** Arrow keys go through the signs as they stand, whichever way the page is written. */
function walk(event: KeyboardEvent, box: HTMLElement | null): void {
  const signs = [...(box?.querySelectorAll<HTMLElement>(".emoji") ?? [])];
  const at = signs.findIndex((sign) => sign === event.target);
  if (!/^Arrow(Left|Right|Up|Down)$/.test(event.key)) {
    return;
  }
  event.preventDefault();
  const from = signs[at];
  if (!from) {
    signs[0]?.focus();
    return;
  }
  const ahead = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const sideways = /Left|Right/.test(event.key);
  const beside = signs[event.key === ahead ? at + 1 : at - 1];
  const next = sideways ? beside : nearest(signs, from, event.key === "ArrowDown")[0];
  if (next) {
    next.focus();
  } else if (event.key === "ArrowUp") {
    box?.querySelector("input")?.focus();
  }
}

export const openPicker: OpenPicker = (place, props) => {
  render(<EmojiPicker {...props} />, place);
  return () => render(null, place);
};
