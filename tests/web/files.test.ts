// What is made of other people's files before any of it is shown: kinds, names, sizes, room.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../../web/engine/src/codec.ts";
import { ContentKind, ImageContent, VoiceContent } from "../../web/engine/src/gen/wire.ts";
import type { Item } from "../../web/ui/src/conversation.ts";
import { kindOf, lies, runs, sizeOf } from "../../web/ui/src/media/kinds.ts";
import { clockWords, safeName, sizeWords } from "../../web/ui/src/media/names.ts";
import { fitted, shapeOf } from "../../web/ui/src/media/shape.ts";
import { toldOf } from "../../web/ui/src/media/store.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const hex4 = (text: string): string => Buffer.from(text, "latin1").toString("hex");
const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const sortOf = (bytes: Uint8Array) => kindOf(bytes).sort;

test("a file is what its bytes are", () => {
  assert.equal(kindOf(hex("ffd8ffe0")).type, "image/jpeg");
  assert.equal(kindOf(ascii("\x00\x00\x00\x18ftypheic")).type, "image/heic");
  assert.equal(kindOf(ascii("\x00\x00\x00\x18ftypisom")).type, "video/mp4");
  assert.equal(kindOf(ascii("RIFF\x00\x00\x00\x00WEBPVP8 ")).type, "image/webp");
  assert.equal(kindOf(ascii("%PDF-1.7")).sort, "document");
  assert.equal(sortOf(hex("4d5a9000")), "program");
  assert.equal(sortOf(ascii("#!/bin/sh")), "program");
  assert.equal(sortOf(new Uint8Array()), "other");
});

test("a drawing that a browser would run is a page, never a picture", () => {
  const drawings = [
    "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "\xef\xbb\xbf  <?xml version='1.0'?><svg/>",
    "<!-- a --><svg ",
    "<!doctype html><script>",
  ];
  for (const text of drawings) {
    assert.equal(sortOf(ascii(text)), "page", text);
    assert.ok(runs("logo.svg", kindOf(ascii(text))));
  }
});

test("names that say something else than the bytes are told apart", () => {
  const jpeg = kindOf(hex("ffd8ffe0"));
  const program = kindOf(hex("4d5a9000"));
  assert.equal(lies("a.jpg", jpeg), false);
  assert.equal(lies("a.JPG", program), true);
  assert.equal(lies("a.pdf", jpeg), true);
  assert.equal(lies("a.docx", kindOf(hex("504b0304"))), false);
  assert.equal(lies("film.webm", kindOf(hex("4f676753"))), false);
  assert.equal(runs("holiday.jpg", program), true);
  assert.equal(runs("run.bat ", kindOf(ascii("echo"))), true);
  assert.equal(runs("notes.txt", kindOf(ascii("hello"))), false);
});

test("a name hides neither its end nor a path", () => {
  assert.equal(safeName("invoice\u202efdp.exe", "file"), "invoicefdp.exe");
  assert.equal(safeName("../../etc/passwd", "file"), "etcpasswd");
  assert.equal(safeName("a\u0000b\nc.txt", "file"), "abc.txt");
  assert.equal(safeName(" .. ", "file"), "file");
  const long = safeName(`${"x".repeat(400)}.exe`, "file");
  assert.ok(long.length <= 121 && long.endsWith("\u2026.exe"), long);
});

test("sizes and lengths are said as people say them", () => {
  assert.equal(sizeWords("en", 182_000), "182 kB");
  assert.equal(sizeWords("en", 1_440_000), "1.4 MB");
  assert.equal(clockWords(65_400), "1:05");
});

test("the size of a picture is read before it is unpacked", () => {
  const png = hex("89504e470d0a1a0a0000000d49484452000186a0000186a0");
  assert.deepEqual(sizeOf(png), [100_000, 100_000]);
  assert.deepEqual(sizeOf(hex("ffd8ffc0001108012c00c8030122")), [200, 300]);
  assert.deepEqual(sizeOf(hex("474946383961" + "0a000500")), [10, 5]);
  assert.equal(sizeOf(ascii("%PDF")), undefined);
  const box = (width: string, height: string) => `${hex4("ispe")}00000000${width}${height}`;
  const small_and_large = box("00000010", "00000010") + box("0000ffff", "00010000");
  assert.deepEqual(
    sizeOf(hex(`00000018${hex4("ftyp")}${hex4("avif")}${small_and_large}`)),
    [65_535, 65_536],
  );
});

test("a small picture inside a message is small, or none", () => {
  const jpeg = (height: string, width: string) => hex(`ffd8ffc0001108${height}${width}0301220000`);
  const previewOf = (preview: Uint8Array) => {
    const content = encode(ImageContent, { blob: new Uint8Array(), preview });
    return toldOf({ kind: ContentKind.IMAGE, content, problem: 0 } as Item)?.preview.length;
  };
  assert.equal(previewOf(jpeg("00f0", "0140")), 16);
  assert.equal(previewOf(jpeg("ffff", "ffff")), 0);
  assert.equal(previewOf(hex("89504e470d0a1a0a0000000d49484452" + "0000001000000010")), 0);
  assert.equal(previewOf(ascii("\xff\xd8\xff and no size")), 0);
  const waveform = new Uint8Array(8000).fill(9);
  const content = encode(VoiceContent, { blob: new Uint8Array(), durationMs: 1, waveform });
  const voice = toldOf({ kind: ContentKind.VOICE, content, problem: 0 } as Item);
  assert.equal(voice?.waveform.length, 64);
});

test("whatever size is claimed, a picture has its room and no more", () => {
  assert.deepEqual(fitted(2000, 1000), { width: 264, height: 132 });
  assert.deepEqual(fitted(100_000, 1), { width: 264, height: 72 });
  assert.deepEqual(fitted(1, 100_000), { width: 72, height: 320 });
  assert.equal(fitted(0, 0).width, 264);
});

test("what is not what its kind should be is read as its words", () => {
  const item = (content: Uint8Array): Item => ({
    key: "k", seq: 1, counter: 1, ref: 0, author: "", authorClass: 1, authorName: "", mine: false,
    kind: ContentKind.IMAGE, text: "Picture", content, timeMs: 0, problem: 0, refused: 0,
  });
  const good = encode(ImageContent, { width: 40, height: 30, caption: "zip" });
  assert.equal(shapeOf(item(good))?.caption, "zip");
  assert.equal(shapeOf(item(hex("ffffff"))), undefined);
});
