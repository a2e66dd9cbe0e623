// All pictures, films and files of the conversation, as far back as this device knows it.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { toHex } from "../../../engine/src/text.ts";
import type { Locale } from "../../i18n/index.ts";
import type { Tell } from "../../i18n/media/index.ts";
import { amendedIn } from "../amend.ts";
import type { Conversation } from "../conversation.ts";
import { momentIn } from "../moment.ts";
import { FileRow } from "./bubbles.tsx";
import { keepInside } from "./lightbox.tsx";
import { clockWords } from "./names.ts";
import { dataUrl } from "./shape.ts";
import { Sign, SignButton } from "./signs.tsx";
import { toldOf, type Store, type Told } from "./store.ts";
import { Voice } from "./voice_bubble.tsx";

const PAGE_ENTRIES = 200;

export type Seen = { readonly told: Told; readonly timeMs: number };
/** The stored page that ends before a place; 0: the newest. */
export type PageOf = (before: number, limit: number) => Promise<Conversation>;

export type GalleryProps = {
  readonly t: Tell;
  readonly locale: Locale;
  readonly store: Store;
  /** Taken back meanwhile, by the id of the blob. */
  readonly gone: ReadonlySet<string>;
  readonly pageOf: PageOf;
  onOpen(pictures: readonly Told[], at: number): void;
  onClose(): void;
};

const isPicture = ({ told }: Seen): boolean => told.kind === ContentKind.IMAGE;

/** What a page shows, the newest first. */
export function seenIn({ items }: Conversation): Seen[] {
  const recalled = amendedIn(items);
  return items
    .filter(({ key }) => !recalled.get(key)?.recall)
    .flatMap((item) => {
      const told = toldOf(item);
      return told ? [{ told, timeMs: item.timeMs }] : [];
    })
    .reverse();
}

/** Page after page until the beginning. */
function useAll(pageOf: PageOf): { readonly all: readonly Seen[]; readonly busy: boolean } {
  const [all, set_all] = useState<readonly Seen[]>([]);
  const [busy, set_busy] = useState(true);
  useEffect(() => {
    let on = true;
    const look = async () => {
      for (let before = 0; on; ) {
        const page = await pageOf(before, PAGE_ENTRIES);
        if (on) {
          set_all((so_far) => [...so_far, ...seenIn(page)]);
        }
        if (!page.more || page.firstSeq <= 1 || page.firstSeq === before) {
          break;
        }
        before = page.firstSeq;
      }
      set_busy(false);
    };
    void look();
    return () => {
      on = false;
    };
  }, []);
  return { all, busy };
}

export function Gallery(props: GalleryProps) {
  const { t, locale, store, pageOf, onOpen, onClose } = props;
  const { all: found, busy } = useAll(pageOf);
  const all = found.filter(({ told }) => !props.gone.has(toHex(told.blob.id)));
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.querySelector<HTMLElement>("button")?.focus(), []);
  const pictures = all.filter(isPicture);
  const others = all.filter((seen) => !isPicture(seen));
  const keydown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      onClose();
    } else if (event.key === "Tab") {
      keepInside(event, event.currentTarget);
    }
  };
  // In the lightbox the oldest is the first, as in the conversation.
  const in_order = [...pictures].reverse().map(({ told }) => told);
  return (
    <div
      ref={box} class="media-gallery" role="dialog" aria-modal="true" aria-label={t("gallery")}
      data-testid="gallery" data-busy={busy} onKeyDown={keydown}
    >
      <header>
        <h2>{t("gallery")}</h2>
        <SignButton sign="cross" word={t("close")} testid="gallery-close" onPress={onClose} />
      </header>
      <div class="media-all">
        {!busy && all.length === 0 && <p>{t("galleryNone")}</p>}
        <ul class="media-grid">
          {pictures.map(({ told, timeMs }, at) => (
            <li key={toHex(told.blob.id)}>
              <button
                type="button" data-testid="gallery-picture"
                aria-label={`${told.caption || t("picture")}, ${momentIn(locale, timeMs)}`}
                onClick={() => onOpen(in_order, pictures.length - 1 - at)}
              >
                {told.preview.length > 0 ? (
                  <img src={dataUrl(told.preview)} alt="" />
                ) : (
                  <Sign name="picture" />
                )}
              </button>
            </li>
          ))}
        </ul>
        <ul class="media-list">
          {others.map(({ told, timeMs }) => {
            const shown = { t, locale, told, store, onOpen: () => undefined };
            const film = told.kind === ContentKind.VIDEO;
            return (
              <li key={toHex(told.blob.id)} data-testid="gallery-file">
                {told.kind === ContentKind.VOICE ? <Voice {...shown} /> : <FileRow {...shown} />}
                <small>
                  {momentIn(locale, timeMs)}
                  {film && ` \u00b7 ${clockWords(told.durationMs)}`}
                </small>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
