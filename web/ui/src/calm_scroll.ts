// Keeps the end in view for whoever stands at the end, and the place for whoever reads above; asks
// for older messages before somebody who scrolls up comes to the top.
import { useLayoutEffect, useRef } from "preact/hooks";

const NEAR_END_PX = 80;
const NEAR_START_PX = 400;

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

function hold(box: HTMLElement, { key, top }: Anchor): void {
  const same = messages_in(box).find((node) => node.dataset["key"] === key);
  if (same) {
    box.scrollTop += same.getBoundingClientRect().top - top;
  }
}

/** `shape` changes with what is shown. Older messages are asked for once for each shape. */
export function useCalmScroll(shape: string, more: boolean, load_earlier: () => void) {
  const box = useRef<HTMLDivElement>(null);
  const at_end = useRef(true);
  const anchor = useRef<Anchor | undefined>(undefined);
  const asked_for = useRef("");
  const look = () => {
    const node = box.current;
    if (!node) {
      return;
    }
    at_end.current = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_END_PX;
    anchor.current = at_end.current ? undefined : anchorOf(node);
    if (more && node.scrollTop < NEAR_START_PX && !at_end.current && asked_for.current !== shape) {
      asked_for.current = shape;
      load_earlier();
    }
  };
  useLayoutEffect(() => {
    const node = box.current;
    if (node && at_end.current) {
      node.scrollTop = node.scrollHeight;
    } else if (node && anchor.current) {
      hold(node, anchor.current);
      anchor.current = anchorOf(node);
    }
  }, [shape]);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) {
      return undefined;
    }
    const seen = new ResizeObserver(() => {
      if (at_end.current) {
        node.scrollTop = node.scrollHeight;
      }
    });
    seen.observe(node);
    return () => seen.disconnect();
  }, []);
  return { box, scrolled: look };
}
