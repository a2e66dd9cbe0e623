// Where a picture was taken leaves it; everything else stays, byte for byte and where it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { withoutLocation } from "../../web/engine/src/media/location.ts";

const text = (words: string): Buffer => Buffer.from(words, "latin1");
const u16 = (value: number, little = false): Buffer => {
  const out = Buffer.alloc(2);
  if (little) out.writeUInt16LE(value);
  else out.writeUInt16BE(value);
  return out;
};
const u32 = (value: number, little = false): Buffer => {
  const out = Buffer.alloc(4);
  if (little) out.writeUInt32LE(value);
  else out.writeUInt32BE(value);
  return out;
};
const PLACE = "52.520008";
const pixels = Buffer.from(Array.from({ length: 500 }, (_, n) => (n * 7) & 0x7f));

async function cleaned(file: Buffer): Promise<Buffer> {
  return Buffer.from(await (await withoutLocation(new Blob([file as BlobPart]))).arrayBuffer());
}

/** Same length, nothing of the place, and no byte changed outside `parts`. */
async function only_in(file: Buffer, parts: readonly Buffer[]): Promise<Buffer> {
  const out = await cleaned(file);
  assert.equal(out.length, file.length);
  assert.ok(!out.includes(PLACE), "the place is still there");
  const may = new Set<number>();
  for (const part of parts) {
    const at = file.indexOf(part);
    assert.ok(at >= 0);
    for (let n = 0; n < part.length; n++) may.add(at + n);
  }
  for (let n = 0; n < file.length; n++) {
    if (!may.has(n)) assert.equal(out[n], file[n], `byte ${n} was changed`);
  }
  assert.ok(out.includes(pixels), "the pixels are what they were");
  return out;
}

/** Exif: make, GPS directory with a latitude as text, orientation behind it. */
function tiff(little: boolean): Buffer {
  const w = (value: number): Buffer => u16(value, little);
  const d = (value: number): Buffer => u32(value, little);
  const entry = (tag: number, type: number, count: number, value: Buffer): Buffer =>
    Buffer.concat([w(tag), w(type), d(count), value, Buffer.alloc(4 - value.length)]);
  const first = 8;
  const gps = first + 2 + 3 * 12 + 4;
  const make = gps + 2 + 2 * 12 + 4;
  const latitude = make + 8;
  return Buffer.concat([
    text(little ? "II" : "MM"), w(42), d(first),
    w(3), entry(0x010f, 2, 8, d(make)),
    entry(0x0112, 3, 1, w(6)), entry(0x8825, 4, 1, d(gps)), d(0),
    w(2), entry(1, 2, 2, text("N\0")), entry(2, 2, PLACE.length + 1, d(latitude)),
    d(0),
    text("Camera1\0"), text(`${PLACE}\0`),
  ]);
}

const xmp = text(
  `<x:xmpmeta><rdf:Description exif:GPSLatitude="${PLACE}" xmp:Rating='5' ` +
  `photoshop:City="${PLACE}">` +
  `<exif:GPSLongitude>${PLACE}</exif:GPSLongitude><dc:title>Zipper</dc:title>` +
  `<Iptc4xmpExt:LocationCreated rdf:parseType="Resource"><a:b>${PLACE}</a:b>` +
  `</Iptc4xmpExt:LocationCreated></rdf:Description></x:xmpmeta>`);
const iptc = Buffer.concat([
  Buffer.of(0x1c, 2, 5), u16(6), text("Zipper"), Buffer.of(0x1c, 2, 90), u16(9), text(PLACE)]);
const photoshop = Buffer.concat([
  text("Photoshop 3.0\0"), text("8BIM"), u16(0x0404), u16(0), u32(iptc.length), iptc]);
const segment = (marker: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.of(0xff, marker), u16(data.length + 2), data]);

function jpeg(...segments: Buffer[]): Buffer {
  return Buffer.concat([
    Buffer.of(0xff, 0xd8), ...segments, segment(0xdb, Buffer.alloc(65, 3)),
    segment(0xda, Buffer.alloc(10)), pixels, Buffer.of(0xff, 0xd9)]);
}

for (const little of [true, false]) {
  test(`JPEG with Exif in ${little ? "little" : "big"} endian`, async () => {
    const exif = tiff(little);
    const out = await only_in(jpeg(segment(0xe1, Buffer.concat([text("Exif\0\0"), exif]))), [exif]);
    const at = out.indexOf("Exif\0\0") + 6;
    // Camera and orientation are still told, in a directory of two.
    assert.ok(out.includes("Camera1"));
    assert.deepEqual(out.subarray(at + 8, at + 10), u16(2, little));
    assert.deepEqual(out.subarray(at + 10, at + 34), exif.subarray(10, 34));
  });
}

test("JPEG with XMP and IPTC", async () => {
  const head = text("http://ns.adobe.com/xap/1.0/\0");
  const file = jpeg(segment(0xe1, Buffer.concat([head, xmp])), segment(0xed, photoshop));
  const out = await only_in(file, [xmp, iptc]);
  assert.ok(out.includes("xmp:Rating='5'") && out.includes("<dc:title>Zipper</dc:title>"));
  assert.ok(out.includes(Buffer.concat([Buffer.of(0x1c, 2, 5), u16(6), text("Zipper")])));
});

test("JPEG with a second picture and a film behind it", async () => {
  const exif = tiff(true);
  const second = jpeg(segment(0xe1, Buffer.concat([text("Exif\0\0"), exif])));
  const moment = film([box("udta", box("\u00a9xyz", text(PLACE)))]);
  const first = jpeg();
  const out = await cleaned(Buffer.concat([first, second, moment]));
  assert.ok(!out.includes(PLACE));
  assert.equal(out.length, first.length + second.length + moment.length);
});

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([text(type), data]);
  return Buffer.concat([u32(data.length), body, u32(crc32(body))]);
};
const png = (...chunks: Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(0x89), text("PNG\r\n\x1a\n"), ...chunks, chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0))]);

test("PNG with Exif and XMP has the right checksums", async () => {
  const exif = chunk("eXIf", tiff(false));
  const itxt = chunk("iTXt", Buffer.concat([text("XML:com.adobe.xmp\0\0\0\0\0"), xmp]));
  const out = await only_in(png(exif, itxt), [exif, itxt]);
  for (let at = 8; at < out.length; ) {
    const size = out.readUInt32BE(at);
    assert.equal(out.readUInt32BE(at + 8 + size), crc32(out.subarray(at + 4, at + 8 + size)));
    at += 12 + size;
  }
});

test("PNG with packed metadata loses that chunk alone", async () => {
  const packed = Buffer.concat([text("Raw profile type exif\0\0"), deflateSync(tiff(true))]);
  const title = chunk("tEXt", text("Title\0Zipper"));
  const out = await cleaned(png(chunk("zTXt", packed), title));
  assert.deepEqual(out, png(title));
});

test("WebP with Exif and XMP", async () => {
  const riff = (type: string, data: Buffer): Buffer =>
    Buffer.concat([text(type), u32(data.length, true), data, Buffer.alloc(data.length & 1)]);
  const exif = tiff(true);
  const body = Buffer.concat([text("WEBP"), riff("VP8 ", pixels), riff("EXIF", exif),
    riff("XMP ", xmp)]);
  await only_in(Buffer.concat([text("RIFF"), u32(body.length, true), body]), [exif, xmp]);
});

// --- boxes

function box(type: string, ...parts: Buffer[]): Buffer {
  const data = Buffer.concat(parts);
  return Buffer.concat([u32(8 + data.length), text(type), data]);
}
const film = (inside: Buffer[]): Buffer =>
  Buffer.concat([box("ftyp", text("isom0000")), box("mdat", pixels), box("moov", ...inside)]);

test("MP4 and MOV with a place of the film, of a track and by key", async () => {
  const xyz = box("\u00a9xyz", u16(PLACE.length), u16(0), text(PLACE));
  const loci = box("loci", u32(0), text(PLACE));
  const key = (name: string): Buffer => box("mdta", text(name));
  const item = (index: number, value: string): Buffer => {
    const data = box("data", u32(1), u32(0), text(value));
    return Buffer.concat([u32(8 + data.length), u32(index), data]);
  };
  const far = item(2, PLACE);
  const near = item(1, "Phone 15");
  const keys = [key("com.apple.quicktime.model"), key("com.apple.quicktime.location.ISO6709")];
  const meta = box("meta", box("hdlr", Buffer.alloc(25)), box("keys", u32(0), u32(2), ...keys),
    box("ilst", near, far));
  const inside = [box("mvhd", Buffer.alloc(100, 1)), box("trak", box("udta", loci)),
    box("udta", xyz), meta];
  const out = await only_in(film(inside), [xyz, loci, far]);
  assert.ok(out.includes("Phone 15"));
  assert.equal(out.indexOf("loci"), -1);
});

test("a film whose boxes are larger than 32 bits say", async () => {
  const large = Buffer.concat([u32(1), text("mdat"), u32(0), u32(16 + pixels.length), pixels]);
  const xyz = box("\u00a9xyz", text(PLACE));
  const head = box("ftyp", text("isom0000"));
  await only_in(Buffer.concat([head, large, box("moov", box("udta", xyz))]), [xyz]);
});

test("HEIC with Exif and XMP among its items", async () => {
  const exif = Buffer.concat([u32(6), text("Exif\0\0"), tiff(false)]);
  const infe = (id: number, kind: string): Buffer =>
    box("infe", Buffer.of(2, 0, 0, 0), u16(id), u16(0), text(kind), text("\0"));
  const made = (at: number): Buffer => {
    const place = (id: number, begin: number, size: number): Buffer =>
      Buffer.concat([u16(id), u16(0), u16(0), u16(1), u32(begin), u32(size)]);
    const iinf = box("iinf", u32(0), u16(3), infe(1, "hvc1"), infe(2, "Exif"), infe(3, "mime"));
    const iloc = box("iloc", Buffer.of(1, 0, 0, 0), Buffer.of(0x44, 0x00), u16(3),
      place(1, at, pixels.length), place(2, at + pixels.length, exif.length),
      place(3, at + pixels.length + exif.length, xmp.length));
    return Buffer.concat([box("ftyp", text("heic0000")), box("meta", u32(0), iinf, iloc)]);
  };
  const head = made(0).length + 8;
  const file = Buffer.concat([made(head), box("mdat", pixels, exif, xmp)]);
  await only_in(file, [exif, xmp]);
});

test("files without a place, and what only looks like a picture, stay the same file", async () => {
  const plain = [jpeg(), png(), film([box("mvhd", Buffer.alloc(100))]), text("%PDF-1.7"),
    Buffer.alloc(0)];
  for (const file of plain) {
    const given = new Blob([file as BlobPart]);
    assert.equal(await withoutLocation(given), given);
  }
});

test("whatever the bytes are, an answer comes and nothing grows", async () => {
  const exif = segment(0xe1, Buffer.concat([text("Exif\0\0"), tiff(true)]));
  const seeds = [jpeg(exif), png(chunk("eXIf", tiff(false))),
    film([box("udta", box("\u00a9xyz", text(PLACE)))])];
  let state = 1;
  const next = (below: number): number =>
    (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) % below;
  for (let turn = 0; turn < 3000; turn++) {
    const file = Buffer.from(seeds[turn % seeds.length] as Buffer);
    for (let n = 0; n < 4; n++) file[next(Math.min(file.length, 160))] = next(256);
    const cut = file.subarray(0, next(file.length) + 1);
    assert.ok((await cleaned(cut)).length <= cut.length);
  }
});
