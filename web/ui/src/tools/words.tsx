// Words that are more than a line or two: lists and code as such, and long texts folded. Text stays
// text: elements are made here, never markup.
import { Fragment, render } from "preact";
import { useMemo, useState } from "preact/hooks";
import { decode } from "../../../engine/src/codec.ts";
import { ContentKind, LinkPreview, Text } from "../../../engine/src/gen/wire.ts";
import { toolsIn, type Tell } from "../../i18n/tools/index.ts";
import type { CardsHost, DrawInto } from "../cards/host.ts";
import { AuthorClass, type Item } from "../conversation.ts";
import { piecesOf } from "../links.ts";
import { RichText } from "../text.tsx";

const LONG_TEXT = 1200;
const LONG_LINES = 24;
const SHOWN_TEXT = 800;
const SHOWN_LINES = 16;

const BULLET = /^\s{0,3}[-*\u2022]\s+(?=\S)/;
const NUMBER = /^\s{0,3}(\d{1,4})[.)\u3001]\s+(?=\S)/;
const FENCE = /^```\w{0,20}\s*$/;

export type Block =
  | { readonly type: "words" | "code"; readonly text: string }
  | { readonly type: "bullets" | "numbers"; readonly first: number; readonly items: string[] };

/** A single line that looks like one of a list is none. */
function listFrom(lines: readonly string[], at: number): Block | undefined {
  const mark = BULLET.test(lines[at] ?? "") ? BULLET : NUMBER;
  let end = at;
  while (mark.test(lines[end] ?? "")) {
    end++;
  }
  if (end - at < 2) {
    return undefined;
  }
  const items = lines.slice(at, end).map((line) => line.replace(mark, ""));
  const first = Number(NUMBER.exec(lines[at] ?? "")?.[1] ?? 1);
  return { type: mark === BULLET ? "bullets" : "numbers", first, items };
}

/** What a text is made of, in order. */
export function blocksOf(text: string): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  let words: string[] = [];
  const flush = () => {
    const said = words.join("\n").replace(/^\n+|\n+$/g, "");
    if (said) {
      blocks.push({ type: "words", text: said });
    }
    words = [];
  };
  for (let at = 0; at < lines.length; ) {
    const close = FENCE.test(lines[at] ?? "") ? lines.indexOf("```", at + 1) : -1;
    const list = close < 0 ? listFrom(lines, at) : undefined;
    if (close > 0) {
      flush();
      blocks.push({ type: "code", text: lines.slice(at + 1, close).join("\n") });
      at = close + 1;
    } else if (list && "items" in list) {
      flush();
      blocks.push(list);
      at += list.items.length;
    } else {
      words.push(lines[at++] ?? "");
    }
  }
  flush();
  return blocks;
}

// Signs as wide as two letters.
const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]/g;
const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);

export const isLong = (text: string): boolean =>
  widthOf(text) > LONG_TEXT || text.split("\n", LONG_LINES + 2).length > LONG_LINES;

const INLINE_CODE = /`[^`\n]+`/;
const hasForm = (text: string): boolean =>
  INLINE_CODE.test(text) || blocksOf(text).some(({ type }) => type !== "words");

/** Cut where a line or a word ends. */
export function beginningOf(text: string): string {
  const lines = text.split("\n").slice(0, SHOWN_LINES).join("\n");
  if (widthOf(lines) <= SHOWN_TEXT) {
    return lines;
  }
  let [end, width] = [0, 0];
  for (const sign of lines) {
    width += widthOf(sign);
    if (width > SHOWN_TEXT) {
      break;
    }
    end += sign.length;
  }
  return lines.slice(0, end).replace(/\s+\S{0,20}$/, "");
}

function Inline({ text }: { text: string }) {
  const pieces = text.split(/(`[^`\n]+`)/);
  return (
    <>
      {pieces.map((piece, at) =>
        at % 2 ? (
          <code key={at} dir="ltr">
            {piece.slice(1, -1)}
          </code>
        ) : (
          <Fragment key={at}>{piece && <RichText text={piece} />}</Fragment>
        ),
      )}
    </>
  );
}

function BlockView({ block }: { block: Block }) {
  if (block.type === "code") {
    return (
      <pre dir="ltr" tabIndex={0}>
        <code>{block.text}</code>
      </pre>
    );
  }
  if (!("items" in block)) {
    return (
      <p dir="auto">
        <Inline text={block.text} />
      </p>
    );
  }
  const items = block.items.map((item, at) => (
    <li key={at} dir="auto">
      <Inline text={item} />
    </li>
  ));
  return block.type === "numbers" ? <ol start={block.first}>{items}</ol> : <ul>{items}</ul>;
}

/** What the shop's desk has read of a page; of its own people's links alone. */
export function previewOf(
  item: Item,
  words: string,
  side: CardsHost["side"],
): LinkPreview | undefined {
  const { content, authorClass, mine } = item;
  const of_shop = authorClass === AuthorClass.shop || authorClass === AuthorClass.desk;
  if (!content || !(of_shop || (mine && side === "shop")) || words !== item.text) {
    return undefined;
  }
  try {
    const preview = decode(LinkPreview, decode(Text, content).preview);
    const leads = piecesOf(words).some(({ href }) => href === preview.url);
    return preview.title && leads ? preview : undefined;
  } catch {
    return undefined;
  }
}

function PreviewView({ preview }: { preview: LinkPreview }) {
  const { host } = new URL(preview.url);
  return (
    <a
      class="link-preview" href={preview.url} target="_blank" rel="noopener noreferrer nofollow"
      data-testid="link-preview"
    >
      <b dir="auto">{preview.title}</b>
      {preview.description && <span dir="auto">{preview.description}</span>}
      <small>
        {preview.site && (
          <>
            <bdi>{preview.site}</bdi>
            {" \u00b7 "}
          </>
        )}
        <bdi dir="ltr">{host}</bdi>
      </small>
    </a>
  );
}

type FormedProps = { t: Tell; text: string; preview: LinkPreview | undefined };

function Formed({ t, text, preview }: FormedProps) {
  const [open, set_open] = useState(false);
  const long = isLong(text);
  const shown = long && !open ? `${beginningOf(text)}\u2026` : text;
  const blocks = useMemo(() => blocksOf(shown), [shown]);
  return (
    <div class="formed">
      {blocks.map((block, at) => (
        <BlockView key={at} block={block} />
      ))}
      {long && (
        <button
          type="button" class="card-more" aria-expanded={open} data-testid="show-all"
          onClick={() => set_open(!open)}
        >
          {t(open ? "showLess" : "showAll")}
        </button>
      )}
      {preview && <PreviewView preview={preview} />}
    </div>
  );
}

const drawers = new WeakMap<CardsHost, DrawInto>();
/** What was found of a message's words: they are asked for with each change around them. */
const found = new WeakMap<Item, { readonly words: string; readonly formed: boolean }>();

function isFormed(item: Item, words: string): boolean {
  let known = found.get(item);
  if (known?.words !== words) {
    known = { words, formed: isLong(words) || item.content !== undefined || hasForm(words) };
    found.set(item, known);
  }
  return known.formed;
}

/** Nothing for words that are shown as they are. */
export function drawWords(host: CardsHost, item: Item, words: string): DrawInto | undefined {
  if (item.problem || item.kind !== ContentKind.TEXT || !isFormed(item, words)) {
    return undefined;
  }
  const drawer: DrawInto =
    drawers.get(host) ??
    ((place, drawn) => {
      const { item: about, words: text } = drawn;
      const preview = previewOf(about, text, host.side);
      render(<Formed t={toolsIn(host.locale())} text={text} preview={preview} />, place);
    });
  drawers.set(host, drawer);
  return drawer;
}
