// A picture as large as the window: wheel, two fingers or keys make it larger, arrows go on.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { toHex } from "../../../engine/src/text.ts";
import type { Tell } from "../../i18n/media/index.ts";
import { save } from "./bubbles.tsx";
import { safeName } from "./names.ts";
import { dataUrl } from "./shape.ts";
import { SignButton } from "./signs.tsx";
import type { Fetched, Store, Told } from "./store.ts";

const ZOOM_MAX = 8;
const STEP = 1.4;
const WHEEL_STEP = 1.0015;

export type LightboxProps = {
  readonly t: Tell;
  readonly pictures: readonly Told[];
  readonly at: number;
  /** Taken back meanwhile, by the id of the blob. */
  readonly gone: ReadonlySet<string>;
  readonly store: Store;
  onGallery(): void;
  onClose(): void;
};

type View = { readonly zoom: number; readonly x: number; readonly y: number };
type Point = { readonly x: number; readonly y: number };
const WHOLE: View = { zoom: 1, x: 0, y: 0 };

function zoomed(view: View, factor: number): View {
  const zoom = Math.min(ZOOM_MAX, Math.max(1, view.zoom * factor));
  const ratio = zoom === 1 ? 0 : zoom / view.zoom;
  return { zoom, x: view.x * ratio, y: view.y * ratio };
}

/** Moves and pinches; the answer is what the box hears. */
function useFingers(set_view: (change: (view: View) => View) => void) {
  const fingers = useRef(new Map<number, Point>());
  const gap = () => {
    const [one, other] = [...fingers.current.values()];
    return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  };
  const move = (event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId);
    if (!before) {
      return;
    }
    const wide = gap();
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (wide) {
      const factor = gap() / wide;
      set_view((view) => zoomed(view, factor));
    } else {
      const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
      set_view((view) =>
        view.zoom > 1 ? { ...view, x: view.x + dx, y: view.y + dy } : view,
      );
    }
  };
  return {
    onPointerDown: (event: PointerEvent & { currentTarget: HTMLElement }) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: move,
    onPointerUp: (event: PointerEvent) => void fingers.current.delete(event.pointerId),
    onPointerCancel: (event: PointerEvent) => void fingers.current.delete(event.pointerId),
  };
}

/** The focus stays inside until it is closed. */
export function keepInside(event: KeyboardEvent, box: HTMLElement): void {
  const stops = [...box.querySelectorAll<HTMLElement>("button")];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = (at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length;
  event.preventDefault();
  stops[next]?.focus();
}

export function Lightbox(props: LightboxProps) {
  const { t, at: first, gone, store, onGallery, onClose } = props;
  const pictures = props.pictures.filter(({ blob }) => !gone.has(toHex(blob.id)));
  const [wanted, set_at] = useState(first);
  const at = Math.min(wanted, Math.max(0, pictures.length - 1));
  const [view, set_view] = useState(WHOLE);
  const [fetched, set_fetched] = useState<Fetched | undefined>(undefined);
  /** The original is of a kind that this browser cannot draw. */
  const [broken, set_broken] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const fingers = useFingers(set_view);
  const told = pictures[at] ?? (props.pictures[0] as Told);
  const id = toHex(told.blob.id);
  const empty = pictures.length === 0;
  useLayoutEffect(() => box.current?.querySelector<HTMLElement>(".media-close")?.focus(), []);
  useEffect(() => {
    let on = !empty;
    set_view(WHOLE);
    if (!on) {
      onClose();
      return undefined;
    }
    set_fetched(store.known(told.blob));
    store.fetch(told.blob).then(
      (found) => on && set_fetched(found),
      () => undefined,
    );
    return () => {
      on = false;
    };
  }, [id, empty]);
  const go = (step: number) => set_at(Math.min(pictures.length - 1, Math.max(0, at + step)));
  const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
  const keys: Readonly<Record<string, () => void>> = {
    Escape: onClose,
    ArrowLeft: () => go(-rtl),
    ArrowRight: () => go(rtl),
    "+": () => set_view((now) => zoomed(now, STEP)),
    "=": () => set_view((now) => zoomed(now, STEP)),
    "-": () => set_view((now) => zoomed(now, 1 / STEP)),
    "0": () => set_view(WHOLE),
  };
  const keydown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    event.stopPropagation();
    if (event.key === "Tab") {
      keepInside(event, event.currentTarget);
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]?.();
    }
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    set_view((now) => zoomed(now, WHEEL_STEP ** -event.deltaY));
  };
  useEffect(() => {
    const node = box.current;
    node?.addEventListener("wheel", wheel, { passive: false });
    return () => node?.removeEventListener("wheel", wheel);
  }, []);
  const drawn = fetched?.found.sort === "image" && broken !== id;
  const shown = drawn ? fetched.url : dataUrl(told.preview);
  const name = safeName(told.blob.name, t("picture"));
  /** What is not here yet is fetched first; why it cannot be had is said at its message. */
  const take = () => store.fetch(told.blob).then((found) => save(found, name), () => undefined);
  const place = t("placeOf", { n: at + 1, all: pictures.length });
  return (
    <div
      ref={box} class="media-lightbox" role="dialog" aria-modal="true" data-testid="lightbox"
      aria-label={told.caption ? t("pictureOf", { text: told.caption }) : t("picture")}
      onKeyDown={keydown}
    >
      <div class="media-stage" data-zoom={view.zoom.toFixed(2)} {...fingers}>
        <img
          src={shown} alt={told.caption || t("picture")} draggable={false}
          data-here={fetched !== undefined}
          style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.zoom})` }}
          onError={() => set_broken(id)}
          onDblClick={() => set_view((now) => (now.zoom > 1 ? WHOLE : zoomed(now, STEP * STEP)))}
        />
      </div>
      {broken === id && (
        <p class="media-note" role="status">
          {t("notShown")}
        </p>
      )}
      <div class="media-bar">
        <span role="status">{pictures.length > 1 ? place : ""}</span>
        <SignButton
          sign="grid" word={t("gallery")} testid="lightbox-gallery" onPress={onGallery}
        />
        <SignButton
          sign="minus" word={t("zoomOut")} testid="zoom-out"
          onPress={() => set_view((now) => zoomed(now, 1 / STEP))}
        />
        <SignButton
          sign="plus" word={t("zoomIn")} testid="zoom-in"
          onPress={() => set_view((now) => zoomed(now, STEP))}
        />
        <SignButton
          sign="down" word={t("download", { name })} testid="lightbox-download"
          onPress={() => void take()}
        />
        <SignButton
          sign="cross" word={t("close")} testid="lightbox-close" kind="media-tool media-close"
          onPress={onClose}
        />
      </div>
      {at > 0 && (
        <SignButton
          sign="back" word={t("previous")} testid="lightbox-previous"
          kind="media-tool media-previous" onPress={() => go(-1)}
        />
      )}
      {at < pictures.length - 1 && (
        <SignButton
          sign="next" word={t("next")} testid="lightbox-next" kind="media-tool media-next"
          onPress={() => go(1)}
        />
      )}
      {told.caption && (
        <p class="media-caption" dir="auto">
          {told.caption}
        </p>
      )}
    </div>
  );
}
