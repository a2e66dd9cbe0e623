// JPEG, PNG and WebP: where their metadata lies.
import { ascii, changed, type Edit, type FileReader } from "./edits.js";
import { filmEdits } from "./films.js";
import { withoutPlaceTiff } from "./tiff.js";
import { withoutPlaces, withoutPlacesPhotoshop } from "./words.js";

const EXIF = "Exif\0\0";
const XMP = "http://ns.adobe.com/xap/1.0/\0";
const XMP_MORE = "http://ns.adobe.com/xmp/extension/\0";
const XMP_MORE_HEAD = XMP_MORE.length + 40;
const PHOTOSHOP = "Photoshop 3.0\0";
/** A picture's metadata is small; whoever claims more is taken as he is. */
const CHUNK_BYTES_MAX = 32 * 1024 * 1024;
/** Behind the picture some phones put others, and the film of the moment. */
const TAIL_BYTES_MAX = 24 * 1024 * 1024;

type Clean = (bytes: Uint8Array) => Uint8Array;

function behind(bytes: Uint8Array, head: number, clean: Clean): Uint8Array {
  const out = bytes.slice();
  out.set(clean(bytes.slice(head)), head);
  return out;
}

function cleanSegment(marker: number, data: Uint8Array): Uint8Array {
  const begins = (text: string): boolean => ascii(data, 0, text.length) === text;
  if (marker === 0xe1 && begins(EXIF)) return behind(data, EXIF.length, withoutPlaceTiff);
  if (marker === 0xe1 && begins(XMP)) return behind(data, XMP.length, withoutPlaces);
  if (marker === 0xe1 && begins(XMP_MORE)) return behind(data, XMP_MORE_HEAD, withoutPlaces);
  if (marker === 0xed && begins(PHOTOSHOP)) {
    return behind(data, PHOTOSHOP.length, withoutPlacesPhotoshop);
  }
  return data;
}

/** Segments up to the picture's own data; where that begins. */
async function segments(file: FileReader, begin: number): Promise<readonly [Edit[], number]> {
  const edits: Edit[] = [];
  let at = begin + 2;
  for (;;) {
    const head = await file.read(at, 4);
    const marker = head[1] ?? 0;
    if (head.length < 4 || head[0] !== 0xff) return [edits, at];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const size = ((head[2] as number) << 8) | (head[3] as number);
    if (marker === 0xda || marker === 0xd9 || size < 2) return [edits, at];
    if (marker === 0xe1 || marker === 0xed) {
      const data = await file.read(at + 4, size - 2);
      edits.push(...changed(at + 4, data, cleanSegment(marker, data)));
    }
    at += 2 + size;
  }
}

export async function jpegEdits(file: FileReader): Promise<Edit[]> {
  const [edits, begin] = await segments(file, 0);
  const tail = await file.read(begin, TAIL_BYTES_MAX);
  let film = -1;
  for (let n = 0; n + 12 < tail.length; n++) {
    // A further picture has its own segments; in a picture's data this can not stand.
    if (tail[n] === 0xff && tail[n + 1] === 0xd8 && tail[n + 2] === 0xff) {
      const [more] = await segments(file, begin + n);
      edits.push(...more.filter(({ at }) => !edits.some((edit) => edit.at === at)));
    }
    if (film < 0 && tail[n] === 0x66 && ascii(tail, n, 4) === "ftyp") film = begin + n - 4;
  }
  return film < 0 ? edits : [...edits, ...(await filmEdits(file, film))];
}

const crc_table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (crc_table[(c ^ byte) & 255] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** A text chunk's metadata, cleaned; nothing where it is packed and has to go as a whole. */
function cleanText(type: string, data: Uint8Array): Uint8Array | undefined {
  const end = data.indexOf(0);
  const keyword = ascii(data, 0, Math.max(end, 0));
  const profile = /^Raw profile type (exif|app1|xmp|iptc)$/i.test(keyword);
  const xmp = keyword === "XML:com.adobe.xmp";
  if (profile || (xmp && (type === "zTXt" || data[end + 1] === 1))) return undefined;
  return xmp ? withoutPlaces(data) : data;
}

function cleanChunk(type: string, data: Uint8Array): Uint8Array | undefined {
  if (type === "eXIf") return withoutPlaceTiff(data);
  return /^[izt]TXt$/i.test(type) ? cleanText(type, data) : data;
}

/** The checksum goes with its chunk; a chunk that can not be cleaned goes. */
export async function pngEdits(file: FileReader): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (let at = 8; at < file.size; ) {
    const head = await file.read(at, 8);
    if (head.length < 8) break;
    const size = new DataView(head.buffer).getUint32(0);
    const type = ascii(head, 4, 4);
    if (/^(eXIf|[izt]TXt)$/i.test(type) && size <= CHUNK_BYTES_MAX) {
      const chunk = await file.read(at + 4, 4 + size + 4);
      if (chunk.length < 8 + size) break;
      const data = chunk.slice(4, 4 + size);
      const clean = cleanChunk(type, data);
      if (!clean) edits.push({ at, length: 12 + size, bytes: new Uint8Array() });
      else if (changed(0, data, clean).length) {
        chunk.set(clean, 4);
        new DataView(chunk.buffer).setUint32(4 + size, crc32(chunk.subarray(0, 4 + size)));
        edits.push({ at: at + 4, length: chunk.length, bytes: chunk });
      }
    }
    at += 12 + size;
  }
  return edits;
}

export async function webpEdits(file: FileReader): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (let at = 12; at < file.size; ) {
    const head = await file.read(at, 8);
    if (head.length < 8) break;
    const size = new DataView(head.buffer).getUint32(4, true);
    const type = ascii(head, 0, 4);
    if ((type === "EXIF" || type === "XMP ") && size <= CHUNK_BYTES_MAX) {
      const data = await file.read(at + 8, size);
      const exif = ascii(data, 0, EXIF.length) === EXIF ? EXIF.length : 0;
      const clean = type === "EXIF" ? behind(data, exif, withoutPlaceTiff) : withoutPlaces(data);
      edits.push(...changed(at + 8, data, clean));
    }
    at += 8 + size + (size & 1);
  }
  return edits;
}
