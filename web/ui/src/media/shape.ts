// What has to be known of a picture, video, voice or file before anything of it is here: how much
// room it takes, and what was said with it.
import { decode } from "../../../engine/src/codec.ts";
import {
  ContentKind,
  FileContent,
  ImageContent,
  VideoContent,
  VoiceContent,
} from "../../../engine/src/gen/wire.ts";
import type { Item } from "../conversation.ts";

export type Shape = {
  readonly kind: number;
  /** Of what is drawn, in pixels; 0 where it is a line. */
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  /** A small JPEG of it; empty where there is none. */
  readonly preview: Uint8Array;
};

const WIDTH_MAX = 264;
const HEIGHT_MAX = 320;
/** Whatever is said of itself, it can be pressed and does not push all else away. */
const SIDE_MIN = 72;
const A_LINE = { width: 0, height: 0, preview: new Uint8Array() };

export const dataUrl = (jpeg: Uint8Array): string =>
  `data:image/jpeg;base64,${btoa(String.fromCharCode(...jpeg))}`;

/** The room for a picture of that size. */
export function fitted(width: number, height: number): { width: number; height: number } {
  if (!width || !height) {
    return { width: WIDTH_MAX, height: (WIDTH_MAX * 3) / 4 };
  }
  const scale = Math.min(1, WIDTH_MAX / width, HEIGHT_MAX / height);
  const side = (length: number, max: number) =>
    Math.min(max, Math.max(SIDE_MIN, Math.round(length * scale)));
  return { width: side(width, WIDTH_MAX), height: side(height, HEIGHT_MAX) };
}

const known = new WeakMap<Item, Shape | null>();

function read({ kind, content = new Uint8Array() }: Item): Shape | null {
  switch (kind) {
    case ContentKind.IMAGE: {
      const { width, height, caption, preview } = decode(ImageContent, content);
      return { kind, ...fitted(width, height), caption, preview };
    }
    case ContentKind.VIDEO: {
      const { width, height, caption, preview } = decode(VideoContent, content);
      return { kind, ...fitted(width, height), caption, preview };
    }
    case ContentKind.VOICE:
      decode(VoiceContent, content);
      return { kind, ...A_LINE, caption: "" };
    case ContentKind.FILE:
      return { kind, ...A_LINE, caption: decode(FileContent, content).caption };
    default:
      return null;
  }
}

/** Nothing where it is not what its kind should be: then its fallback is read. */
export function shapeOf(item: Item): Shape | undefined {
  let shape = known.get(item);
  if (shape === undefined) {
    try {
      shape = item.problem ? null : read(item);
    } catch {
      shape = null;
    }
    known.set(item, shape);
  }
  return shape ?? undefined;
}
