// What a file is by its bytes. Its name and its sender's word are only that.

export type Sort =
  | "image"
  | "video"
  | "audio"
  | "document"
  | "archive"
  | "program"
  | "page"
  | "other";
export type Kind = { readonly type: string; readonly sort: Sort };

/** As much of a file as is looked at. */
export const HEAD_BYTES = 64 * 1024;

const OTHER: Kind = { type: "application/octet-stream", sort: "other" };

const MAGIC: readonly (readonly [hex: string, type: string, sort: Sort])[] = [
  ["ffd8ff", "image/jpeg", "image"],
  ["89504e470d0a1a0a", "image/png", "image"],
  ["474946383761", "image/gif", "image"],
  ["474946383961", "image/gif", "image"],
  ["1a45dfa3", "video/webm", "video"],
  ["4f676753", "audio/ogg", "audio"],
  ["494433", "audio/mpeg", "audio"],
  ["fffb", "audio/mpeg", "audio"],
  ["664c6143", "audio/flac", "audio"],
  ["255044462d", "application/pdf", "document"],
  ["d0cf11e0a1b11ae1", "application/x-ole-storage", "document"],
  ["504b0304", "application/zip", "archive"],
  ["504b0506", "application/zip", "archive"],
  ["1f8b", "application/gzip", "archive"],
  ["377abcaf271c", "application/x-7z-compressed", "archive"],
  ["526172211a07", "application/vnd.rar", "archive"],
  ["4d5a", "application/x-msdownload", "program"],
  ["7f454c46", "application/x-executable", "program"],
  ["feedface", "application/x-mach-binary", "program"],
  ["feedfacf", "application/x-mach-binary", "program"],
  ["cefaedfe", "application/x-mach-binary", "program"],
  ["cffaedfe", "application/x-mach-binary", "program"],
  ["cafebabe", "application/x-mach-binary", "program"],
  ["2321", "text/x-script", "program"],
];

/** Brands of the box "ftyp", which many kinds share. */
const BRANDS: readonly (readonly [RegExp, Kind])[] = [
  [/^(avif|avis)/, { type: "image/avif", sort: "image" }],
  [/^(heic|heix|hevc|heim|heis|mif1|msf1)/, { type: "image/heic", sort: "image" }],
  [/^qt/, { type: "video/quicktime", sort: "video" }],
  [/^M4A/, { type: "audio/mp4", sort: "audio" }],
  [/./, { type: "video/mp4", sort: "video" }],
];

const RIFF: Readonly<Record<string, Kind>> = {
  WEBP: { type: "image/webp", sort: "image" },
  WAVE: { type: "audio/wav", sort: "audio" },
  "AVI ": { type: "video/x-msvideo", sort: "video" },
};

const latin = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

function hexOf(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** By its first bytes. A drawing that a browser would run (SVG) is a page. */
export function kindOf(head: Uint8Array): Kind {
  if (latin(head, 4, 8) === "ftyp") {
    const brand = latin(head, 8, 12);
    return BRANDS.find(([pattern]) => pattern.test(brand))?.[1] ?? OTHER;
  }
  if (latin(head, 0, 4) === "RIFF") {
    return RIFF[latin(head, 8, 12)] ?? OTHER;
  }
  const hex = hexOf(head);
  const found = MAGIC.find(([magic]) => hex.startsWith(magic));
  if (found) {
    return { type: found[1], sort: found[2] };
  }
  const text = latin(head, 0, 1024).replace(/^\u00ef\u00bb\u00bf/, "").trimStart();
  if (/^<(\?xml|!doctype|html|svg|script|head|body)\b/i.test(text) || /<svg[\s>]/i.test(text)) {
    return { type: "text/html", sort: "page" };
  }
  return OTHER;
}

/** Endings that a double press would run, also where their bytes are plain text. */
const RUNS = new RegExp(
  "\\.(exe|msi|bat|cmd|com|scr|pif|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar|app|dmg|pkg|deb|rpm|sh|" +
    "apk|reg)$",
  "i",
);
const BY_ENDING: readonly (readonly [RegExp, Sort])[] = [
  [/\.(jpe?g|png|gif|webp|avif|heic|heif|bmp)$/i, "image"],
  [/\.(mp4|m4v|mov|webm|mkv|avi)$/i, "video"],
  [/\.(mp3|m4a|ogg|oga|opus|wav|flac|aac)$/i, "audio"],
  [/\.(pdf|docx?|xlsx?|pptx?)$/i, "document"],
];

export const runs = (name: string, { sort }: Kind): boolean =>
  sort === "program" || sort === "page" || RUNS.test(name.trim());

/** Its name says something else than its bytes. */
export function lies(name: string, { sort }: Kind): boolean {
  const said = BY_ENDING.find(([pattern]) => pattern.test(name.trim()))?.[1];
  const office = said === "document" && sort === "archive";
  const sound_or_sight = said !== undefined && "audio video".includes(said);
  const both = sound_or_sight && (sort === "audio" || sort === "video");
  return said !== undefined && said !== sort && !office && !both;
}

const word = (bytes: Uint8Array, at: number, little = false): number => {
  const [a = 0, b = 0] = [bytes[at], bytes[at + 1]];
  return little ? a | (b << 8) : (a << 8) | b;
};

const long = (bytes: Uint8Array, at: number): number =>
  word(bytes, at) * 65_536 + word(bytes, at + 2);

function jpegSize(bytes: Uint8Array): [number, number] | undefined {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) {
      return [word(bytes, at + 7), word(bytes, at + 5)];
    }
    at += 2 + word(bytes, at + 2);
  }
  return undefined;
}

function webpSize(bytes: Uint8Array): [number, number] | undefined {
  const three = (at: number) => 1 + word(bytes, at, true) + (bytes[at + 2] ?? 0) * 65_536;
  switch (latin(bytes, 12, 16)) {
    case "VP8X":
      return [three(24), three(27)];
    case "VP8 ":
      return [word(bytes, 26, true) & 0x3fff, word(bytes, 28, true) & 0x3fff];
    case "VP8L": {
      const low = word(bytes, 21, true);
      const bits = low + word(bytes, 23, true) * 65_536;
      return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)];
    }
    default:
      return undefined;
  }
}

/** The largest that is named: its parts and its small copies have theirs too. */
function boxedSize(bytes: Uint8Array): [number, number] | undefined {
  let found: [number, number] | undefined;
  for (let at = 0; at + 16 <= bytes.length; at++) {
    if (bytes[at] === 0x69 && latin(bytes, at, at + 4) === "ispe") {
      const [width, height] = [long(bytes, at + 8), long(bytes, at + 12)];
      found = found && found[0] * found[1] > width * height ? found : [width, height];
    }
  }
  return found;
}

/** Width and height as the head of the file has them, before anything is unpacked. */
export function sizeOf(head: Uint8Array): readonly [number, number] | undefined {
  switch (kindOf(head).type) {
    case "image/jpeg":
      return jpegSize(head);
    case "image/png":
      return [long(head, 16), long(head, 20)];
    case "image/gif":
      return [word(head, 6, true), word(head, 8, true)];
    case "image/webp":
      return webpSize(head);
    case "image/avif":
    case "image/heic":
      return boxedSize(head);
    default:
      return undefined;
  }
}
