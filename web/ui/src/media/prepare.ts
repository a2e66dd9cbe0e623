// Looks at a file before it is sent: what it is, how large it is drawn, and a small picture of it
// that travels inside the message.
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { HEAD_BYTES, kindOf, lies, runs, sizeOf, type Kind } from "./kinds.ts";

/** What a message may carry of it. */
export const PREVIEW_BYTES_MAX = 8 * 1024;
/** More dots than that are not unpacked: a small file can claim any number. */
export const DOTS_MAX = 100_000_000;
const PREVIEW_SIDES = [320, 240, 160, 96, 48];
const PREVIEW_QUALITIES = [0.72, 0.5, 0.32];
/** Where a film's first moment is often black. */
const POSTER_S = 0.1;
const FILM_MS_MAX = 8000;

export type Warning = "runs" | "lies";

export type Prepared = {
  readonly kind: number;
  readonly found: Kind;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  readonly preview: Uint8Array;
  readonly warning: Warning | undefined;
};

type Drawable = {
  readonly source: CanvasImageSource;
  readonly width: number;
  readonly height: number;
};

async function encoded(canvas: HTMLCanvasElement, quality: number): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((done) =>
    canvas.toBlob(done, "image/jpeg", quality),
  );
  return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
}

/** As good as it may be; empty where this browser hands nothing out. */
async function previewOf({ source, width, height }: Drawable): Promise<Uint8Array> {
  const canvas = document.createElement("canvas");
  for (const side of PREVIEW_SIDES) {
    const scale = Math.min(1, side / Math.max(width, height));
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const paper = canvas.getContext("2d");
    if (!paper) {
      break;
    }
    // What can be seen through is white there, not black.
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(source, 0, 0, canvas.width, canvas.height);
    for (const quality of PREVIEW_QUALITIES) {
      const bytes = await encoded(canvas, quality);
      if (bytes.length > 0 && bytes.length <= PREVIEW_BYTES_MAX) {
        return bytes;
      }
    }
  }
  return new Uint8Array();
}

/** The right way up: browsers turn it as its maker noted. */
export async function loadPicture(url: string): Promise<HTMLImageElement> {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return picture;
}

const heard = (target: EventTarget, name: string): Promise<unknown> =>
  new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(name)), FILM_MS_MAX);
    const settle = (act: (value?: unknown) => void) => () => {
      clearTimeout(late);
      act();
    };
    target.addEventListener(name, settle(done), { once: true });
    target.addEventListener("error", settle(failed), { once: true });
  });

async function loadFilm(url: string): Promise<HTMLVideoElement> {
  const film = document.createElement("video");
  film.muted = true;
  film.playsInline = true;
  film.preload = "auto";
  film.src = url;
  await heard(film, "loadeddata");
  film.currentTime = Math.min(POSTER_S, film.duration / 2 || 0);
  await heard(film, "seeked");
  return film;
}

/** In small, unpacked beside the page's thread, which a photo would hold up for half a second. */
async function smallOf(
  file: Blob,
  width: number,
  height: number,
): Promise<ImageBitmap | undefined> {
  const [side = 0] = PREVIEW_SIDES;
  if (Math.max(width, height) <= side) {
    return undefined;
  }
  const size = width >= height ? { resizeWidth: side } : { resizeHeight: side };
  const way = { resizeQuality: "medium", imageOrientation: "from-image" } as const;
  const small = await createImageBitmap(file, { ...size, ...way });
  // Not where a browser turns only one of both as its maker noted.
  return small.width > small.height === width > height ? small : undefined;
}

async function pictureOf(file: Blob, url: string): Promise<Drawable> {
  const picture = new Image();
  const loaded = heard(picture, "load");
  picture.src = url;
  await loaded;
  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
  const source = await smallOf(file, width, height).catch(() => undefined);
  return { source: source ?? (await loadPicture(url)), width, height };
}

async function lookAt(
  file: Blob,
  url: string,
  found: Kind,
): Promise<Omit<Prepared, "found" | "warning">> {
  if (found.sort === "image") {
    const drawable = await pictureOf(file, url);
    const preview = await previewOf(drawable);
    const { width, height } = drawable;
    return { kind: ContentKind.IMAGE, width, height, durationMs: 0, preview };
  }
  const source = await loadFilm(url);
  const [width, height] = [source.videoWidth, source.videoHeight];
  const preview = await previewOf({ source, width, height });
  const durationMs = Number.isFinite(source.duration) ? Math.round(source.duration * 1000) : 0;
  source.removeAttribute("src");
  source.load();
  return { kind: ContentKind.VIDEO, width, height, durationMs, preview };
}

/** What cannot be drawn here is sent as the file that it is. `url` is the file's own. */
export async function prepare(file: File, url: string): Promise<Prepared> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const found = kindOf(head);
  const plain: Prepared = {
    kind: ContentKind.FILE,
    found,
    width: 0,
    height: 0,
    durationMs: 0,
    preview: new Uint8Array(),
    warning: runs(file.name, found) ? "runs" : lies(file.name, found) ? "lies" : undefined,
  };
  const [width, height] = sizeOf(head) ?? [0, 0];
  const drawable = found.sort === "image" || found.sort === "video";
  if (!drawable || width * height > DOTS_MAX) {
    return plain;
  }
  try {
    const looked = await lookAt(file, url, found);
    return looked.width && looked.height ? { ...plain, ...looked } : plain;
  } catch {
    return plain;
  }
}
