// Links and emoji in what people write. Text stays text: nothing here makes markup.

export type Piece = { readonly text: string; readonly href?: string };

const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "mailto:", "tel:"]);

// What an address may hold: ASCII, and letters of other scripts, but not those that are written
// without spaces, for words follow them at once. What ends a sentence is cut off afterwards.
// Lengths have an end, so that a long message costs no more than its length.
const PART =
  "(?:[\\w\\-.~:/?#[\\]@!$&'()*+,;=%]|" +
  "(?![\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}])[\\p{L}\\p{N}])";
const CANDIDATE = new RegExp(
  `(?:https?://|www\\.|mailto:)${PART}+|tel:\\+?[\\d\\-.() ]{0,30}\\d|` +
    "[\\w.+-]{1,64}@(?:[a-z\\d-]{1,63}\\.){1,8}[a-z]{2,24}",
  "giu",
);
/** A link begins where a word could begin. */
const IN_WORD = /[\p{L}\p{N}_]$/u;
const WRITTEN_WITHOUT_SPACES = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]$/u;

const ENDS_SENTENCE = ".,;:!?'*_~";
const OPENED: Record<string, string> = { ")": "(", "]": "[" };

/** Without the punctuation of the sentence around, and without a bracket that opened before it. */
function trimmed(text: string): string {
  const spare = new Map(
    Object.entries(OPENED).map(([close, open]) => [
      close,
      text.split(close).length - text.split(open).length,
    ]),
  );
  let end = text.length;
  for (; end > 0; end--) {
    const last = text[end - 1] as string;
    const unmatched = spare.get(last) ?? 0;
    if (unmatched > 0) {
      spare.set(last, unmatched - 1);
    } else if (!ENDS_SENTENCE.includes(last)) {
      break;
    }
  }
  return text.slice(0, end);
}

/** The address of a link, or nothing where it is none that may be opened. */
export function hrefOf(text: string): string | undefined {
  const given = /^www\./i.test(text)
    ? `https://${text}`
    : /^[a-z]+:/i.test(text)
      ? text
      : `mailto:${text}`;
  try {
    const url = new URL(given);
    // Whoever reads "bank.example@evil.example" is misled about where it leads.
    const misleads = url.username !== "" || url.password !== "";
    const empty = !url.hostname && !url.pathname;
    return SCHEMES.has(url.protocol) && !misleads && !empty ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** The text in order, cut where links begin and end. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const before = text.slice(Math.max(0, match.index - 2), match.index);
    const inside = IN_WORD.test(before) && !WRITTEN_WITHOUT_SPACES.test(before);
    const shown = trimmed(match[0]);
    const href = inside ? undefined : hrefOf(shown);
    if (href) {
      if (match.index > done) {
        pieces.push({ text: text.slice(done, match.index) });
      }
      pieces.push({ text: shown, href });
      done = match.index + shown.length;
    }
  }
  if (done < text.length || text === "") {
    pieces.push({ text: text.slice(done) });
  }
  return pieces;
}

const MODIFIED = "\\p{Extended_Pictographic}(?:\\ufe0f|[\\u{1f3fb}-\\u{1f3ff}])?";
const EMOJI = new RegExp(
  `(?:${MODIFIED}(?:\\u200d${MODIFIED})*|[\\u{1f1e6}-\\u{1f1ff}]{2}|[\\d#*]\\ufe0f?\\u20e3)`,
  "gu",
);
const EMOJI_MAX = 4;

/** A message of nothing but a few emoji, which is shown larger. */
export function isEmojiOnly(text: string): boolean {
  const count = text.match(EMOJI)?.length ?? 0;
  return count > 0 && count <= EMOJI_MAX && text.replace(EMOJI, "").trim() === "";
}
