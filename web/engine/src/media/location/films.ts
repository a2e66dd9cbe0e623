// Boxes of ISO base media: MP4, MOV, HEIC and AVIF. A box that says where becomes a free one of the
// same size; what a picture's Exif says goes where the Exif lies.
import { toHex } from "../../text.js";
import { ascii, changed, type Edit, type FileReader } from "./edits.js";
import { withoutPlaceTiff } from "./tiff.js";
import { withoutPlaces } from "./words.js";

/** Of one box that is read whole: an hour of film needs a few. */
const BOX_BYTES_MAX = 16 * 1024 * 1024;
const BOXES_MAX = 100_000;
const FREE = [0x66, 0x72, 0x65, 0x65];
const XMP_ID = "be7acfcb97a942e89c71999491e3afac";
const HOLDERS = new Set(["moov", "trak", "udta", "mdia", "minf"]);
const PLACES = new Set(["\u00a9xyz", "loci", "GPS ", "gps ", "GPMF"]);
const PLACE_KEY = /location|gps|geo/i;

type Box = { readonly type: string; readonly begin: number; readonly data: number; end: number };

/** A box from its first bytes; `all` is where the file or its holder ends. */
function box_at(head: Uint8Array, begin: number, all: number): Box | undefined {
  if (head.length < 8) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const type = ascii(head, 4, 4);
  let size = view.getUint32(0);
  let data = begin + 8;
  if (size === 1 && head.length >= 16) {
    size = Number(view.getBigUint64(8));
    data += 8;
  }
  const end = size === 0 ? all : begin + size;
  return end < data || end > all ? undefined : { type, begin, data, end };
}

function boxes_in(bytes: Uint8Array, from: number, to: number): Box[] {
  const out: Box[] = [];
  for (let at = from; at < to && out.length < BOXES_MAX; ) {
    const box = box_at(bytes.subarray(at, at + 16), at, to);
    if (!box) break;
    out.push(box);
    at = box.end;
  }
  return out;
}

function free(bytes: Uint8Array, { begin, data, end }: Box): void {
  bytes.set(FREE, begin + 4);
  bytes.fill(0, data, end);
}

const u32 = (bytes: Uint8Array, at: number): number =>
  at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0) : 0;

/** QuickTime's and iTunes' metadata: values by the number of their key. */
function clean_meta(bytes: Uint8Array, meta: Box): void {
  // In MP4 it has a version, in QuickTime none.
  const plain = ascii(bytes, meta.data + 4, 4) === "hdlr";
  const inner = boxes_in(bytes, plain ? meta.data : meta.data + 4, meta.end);
  const keys = inner.find(({ type }) => type === "keys");
  const names = keys ? boxes_in(bytes, keys.data + 8, keys.end) : [];
  const far = names.map(({ data, end }) => PLACE_KEY.test(ascii(bytes, data, end - data)));
  const list = inner.find(({ type }) => type === "ilst");
  for (const item of list ? boxes_in(bytes, list.data, list.end) : []) {
    const by_key = far[u32(bytes, item.begin + 4) - 1];
    if (by_key || PLACES.has(item.type)) free(bytes, item);
  }
}

function clean_boxes(bytes: Uint8Array, from: number, to: number): void {
  for (const box of boxes_in(bytes, from, to)) {
    if (PLACES.has(box.type)) free(bytes, box);
    else if (box.type === "meta") clean_meta(bytes, box);
    else if (HOLDERS.has(box.type)) clean_boxes(bytes, box.data, box.end);
  }
}

type Extent = { readonly at: number; readonly length: number };

/** Fields of 0, 4 or 8 bytes one after the other. */
class Fields {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}
  take(size: number): number {
    let out = 0;
    for (let n = 0; n < size; n++) out = out * 256 + (this.bytes[this.at++] ?? 0);
    return out;
  }
}

/** Items of a picture file that are Exif or XMP, by their number. */
function items_of(bytes: Uint8Array, iinf: Box): Map<number, "Exif" | "mime"> {
  const out = new Map<number, "Exif" | "mime">();
  const wide = bytes[iinf.data] !== 0;
  for (const { type, data, end } of boxes_in(bytes, iinf.data + (wide ? 8 : 6), iinf.end)) {
    const version = bytes[data] ?? 0;
    if (type !== "infe" || version < 2 || end - data < 12) continue;
    const fields = new Fields(bytes, data + 4);
    const id = fields.take(version === 2 ? 2 : 4);
    const kind = ascii(bytes, fields.at + 2, 4);
    if (kind === "Exif" || kind === "mime") out.set(id, kind);
  }
  return out;
}

/** Where items lie; only those in the file itself. */
function extents_of(bytes: Uint8Array, iloc: Box): Map<number, Extent[]> {
  const out = new Map<number, Extent[]>();
  const version = bytes[iloc.data] ?? 0;
  const fields = new Fields(bytes, iloc.data + 4);
  const sizes = fields.take(2);
  const [offset, length, base, index] = [12, 8, 4, 0].map((bits) => (sizes >> bits) & 15);
  const count = fields.take(version < 2 ? 2 : 4);
  for (let n = 0; n < count && fields.at < iloc.end; n++) {
    const id = fields.take(version < 2 ? 2 : 4);
    const method = version ? fields.take(2) & 15 : 0;
    fields.take(2);
    const begin = fields.take(base ?? 0);
    const list: Extent[] = [];
    for (let left = fields.take(2); left > 0 && fields.at < iloc.end; left--) {
      if (version) fields.take(index ?? 0);
      list.push({ at: begin + fields.take(offset ?? 0), length: fields.take(length ?? 0) });
    }
    if (method === 0) out.set(id, list);
  }
  return out;
}

function clean_item(kind: "Exif" | "mime", data: Uint8Array): Uint8Array {
  if (kind === "mime") return withoutPlaces(data);
  const skip = 4 + u32(data, 0);
  const out = data.slice();
  if (skip < data.length) out.set(withoutPlaceTiff(data.slice(skip)), skip);
  return out;
}

async function picture_edits(file: FileReader, origin: number, bytes: Uint8Array): Promise<Edit[]> {
  const inner = boxes_in(bytes, 12, bytes.length);
  const [iinf, iloc] = ["iinf", "iloc"].map((name) => inner.find(({ type }) => type === name));
  if (!iinf || !iloc) return [];
  const extents = extents_of(bytes, iloc);
  const edits: Edit[] = [];
  for (const [id, kind] of items_of(bytes, iinf)) {
    const [one, ...more] = extents.get(id) ?? [];
    if (!one || more.length || one.length > BOX_BYTES_MAX) continue;
    const data = await file.read(origin + one.at, one.length);
    edits.push(...changed(origin + one.at, data, clean_item(kind, data)));
  }
  return edits;
}

/** `origin` is where the first box begins. */
export async function filmEdits(file: FileReader, origin = 0): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (let at = origin; at < file.size; ) {
    const box = box_at(await file.read(at, 16), at, file.size);
    if (!box) break;
    const size = box.end - box.begin;
    const known = box.type === "moov" || box.type === "meta" || box.type === "uuid";
    if (known && size <= BOX_BYTES_MAX) {
      const before = await file.read(box.begin, size);
      const after = before.slice();
      if (box.type === "moov") clean_boxes(after, 0, after.length);
      if (box.type === "meta") edits.push(...(await picture_edits(file, origin, before)));
      const id = toHex(before.subarray(8, 24));
      if (box.type === "uuid" && id === XMP_ID) after.set(withoutPlaces(before.slice(24)), 24);
      edits.push(...changed(box.begin, before, after));
    }
    at = box.end;
  }
  return edits;
}
