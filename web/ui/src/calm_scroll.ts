// Keeps the end in view for whoever stands at the end, and the place for whoever reads above; asks
// for older or newer messages before somebody who scrolls comes to the end of those that are there.
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const NEAR_END_PX = 80;
const NEAR_START_PX = 400;
/** What is left free above the line at which reading goes on. */
const ABOVE_LINE_PX = 48;

export type ScrollNeeds = {
  /** Changes with what is shown. Older messages are asked for once for each shape. */
  readonly shape: string;
  readonly more: boolean;
  /** What is shown does not reach the end. */
  readonly newer: boolean;
  /** Place of the newest message that is shown. */
  readonly lastSeq: number;
  /** The newest message that this person has just written, "" where there is none. */
  readonly written: string;
  /** Changes when the conversation comes before somebody's eyes; "" while it does not. */
  readonly opened: string;
  loadEarlier(): void;
  loadLater(): void;
  loadLatest(): void;
};

type Anchor = { readonly key: string; readonly top: number };

const messages_in = (box: HTMLElement): HTMLElement[] => [
  ...box.querySelectorAll<HTMLElement>("[data-key]"),
];

/** The first message that is in view. Not its element: a group that grows upwards is made anew. */
function anchorOf(box: HTMLElement): Anchor | undefined {
  const edge = box.getBoundingClientRect().top;
  const first = messages_in(box).find((node) => node.getBoundingClientRect().bottom > edge);
  const key = first?.dataset["key"];
  return first && key ? { key, top: first.getBoundingClientRect().top } : undefined;
}

/** Place of the last message whose beginning is in view; notes have places of another log. */
function seenSeq(box: HTMLElement): number {
  const edge = box.getBoundingClientRect().bottom;
  const nodes = [...box.querySelectorAll<HTMLElement>(".group:not(.note) [data-key]")];
  for (const node of nodes.reverse()) {
    if (node.getBoundingClientRect().top < edge) {
      return Number(node.dataset["seq"]);
    }
  }
  return 0;
}

/** Where it is shown no more and the window holds the end, that is where the window has gone. */
function hold(box: HTMLElement, { key, top }: Anchor, newer: boolean): void {
  const same = messages_in(box).find((node) => node.dataset["key"] === key);
  if (same || !newer) {
    box.scrollTop += same ? same.getBoundingClientRect().top - top : box.scrollHeight;
  }
}

/** To where reading stopped, if from there the end is out of sight. */
function land(box: HTMLElement): void {
  box.scrollTop = box.scrollHeight;
  const line = box.querySelector("[data-unread-line]");
  if (line) {
    const above = line.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTop += Math.min(0, above - ABOVE_LINE_PX);
  }
}

export function useCalmScroll(needs: ScrollNeeds) {
  const { shape, more, newer, lastSeq, written, opened } = needs;
  const box = useRef<HTMLDivElement>(null);
  const at_end = useRef(true);
  const anchor = useRef<Anchor | undefined>(undefined);
  const asked_for = useRef("");
  const wants_end = useRef(false);
  const before = useRef({ written, opened: "" });
  const [away, set_away] = useState(false);
  const [seen, set_seen] = useState(0);

  const look = () => {
    const node = box.current;
    if (!node || node.clientHeight === 0) {
      return;
    }
    const below = node.scrollHeight - node.scrollTop - node.clientHeight;
    at_end.current = below < NEAR_END_PX && !newer;
    anchor.current = at_end.current ? undefined : anchorOf(node);
    set_away(!at_end.current);
    const in_view = at_end.current ? lastSeq : seenSeq(node);
    set_seen((before_this) => Math.max(before_this, in_view));
    if (at_end.current || asked_for.current === shape) {
      return;
    }
    if (more && node.scrollTop < NEAR_START_PX) {
      asked_for.current = shape;
      needs.loadEarlier();
    } else if (newer && below < NEAR_START_PX) {
      asked_for.current = shape;
      needs.loadLater();
    }
  };
  const toEnd = () => {
    if (newer) {
      // What is shown then is another part; its end is looked for once it is there.
      wants_end.current = true;
      needs.loadLatest();
      return;
    }
    at_end.current = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
    look();
  };
  const show = (key: string) => {
    const all = box.current ? messages_in(box.current) : [];
    const node = all.find(({ dataset }) => dataset["key"] === key);
    if (!node) {
      return;
    }
    wants_end.current = false;
    at_end.current = false;
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.remove("found");
    void node.offsetWidth;
    node.classList.add("found");
    look();
  };
  useLayoutEffect(() => {
    const node = box.current;
    // Nothing to scroll, so no layout is asked for before the browser makes one.
    if (!node || (!more && !node.querySelector("[data-key]"))) {
      return;
    }
    const wrote = written !== "" && written !== before.current.written;
    const opens = opened !== "" && opened !== before.current.opened;
    before.current = { written, opened };
    if (wrote || (wants_end.current && !newer)) {
      wants_end.current = false;
      at_end.current = true;
    }
    if (opens && !wrote) {
      land(node);
    } else if (at_end.current) {
      node.scrollTop = node.scrollHeight;
    } else if (anchor.current) {
      hold(node, anchor.current, newer);
    }
    look();
  }, [shape, opened]);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) {
      return undefined;
    }
    const seen_size = new ResizeObserver(() => {
      if (at_end.current) {
        node.scrollTop = node.scrollHeight;
      }
    });
    seen_size.observe(node);
    return () => seen_size.disconnect();
  }, []);
  return { box, scrolled: look, away, seen, toEnd, show };
}
