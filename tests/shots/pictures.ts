// What is shown in the pictures: messages with small previews, as another device has sent them.
import { encode } from "../../web/engine/src/codec.ts";
import {
  BlobRef,
  ContentKind,
  FileContent,
  ImageContent,
  VideoContent,
  VoiceContent,
} from "../../web/engine/src/gen/wire.ts";
import type { Said } from "./script.ts";

const WIDE =
  "ffd8ffe000104a46494600010100000100010000ffdb004300140e0f120f0d14121012171514181e32211e1c" +
  "1c1e3d2c2e243249404c4b47404645505a736250556d5645466488656d777b8182814e608d978c7d96737e81" +
  "7cffdb0043011517171e1a1e3b21213b7c5346537c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c" +
  "7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7cffc000110800300040030122000211010311" +
  "01ffc4001800000301010000000000000000000000000203040501ffc4002a10000103020502050500000000" +
  "000000000100020304110512315191216134415381b135527182d1ffc4001801010003010000000000000000" +
  "000000000100020304ffc4001a110003000301000000000000000000000000011102213112ffda000c030100" +
  "02110311003f007128095d25224a88a37657c8d69d895c291da148f6b1a5cf20346a4acd931425d9618b3773" +
  "e7ec9788d409e48e2648dc9a937e975545252c0c0d8e460dcdf55a2c62accdbaf44ecc48875a68f2f71fc560" +
  "787b439a6e0e85266929a6616be461d8df451d1cc227be37bc64f237e8995689633409424a112b1e6cd7827b" +
  "15c25104d22563e20c126231b1da38006df95ac4acaabfaa43fafca30e933e0d38641bbf94270e8377f2ac25" +
  "0129f4c9e5121c3e1ddfca13430eeee5564a02535844414cd0cab7b4682e1564a962f1927bfcaa09567d05c3" +
  "48959558e0dc462713602d73eeb4c9525452c73bf3bcbaf6b742b3c74cb65b08d4c3eab39426a22f51bca49a" +
  "08777f2b86862dddcab4c42b1a6a22f51bca033c7f7b794b34716eee509a48f77729882b170906a9e41e86ea" +
  "8252d90b6375db7bf7444a5911ffd9";
const TALL =
  "ffd8ffe000104a46494600010100000100010000ffdb004300140e0f120f0d14121012171514181e32211e1c" +
  "1c1e3d2c2e243249404c4b47404645505a736250556d5645466488656d777b8182814e608d978c7d96737e81" +
  "7cffdb0043011517171e1a1e3b21213b7c5346537c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c" +
  "7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7cffc000110800400030030122000211010311" +
  "01ffc4001800000301010000000000000000000000000102040305ffc4002410010002010206020300000000" +
  "0000000001000203040511122123527232c1131451ffc4001701010101010000000000000000000000000100" +
  "0204ffc4001c1101010002030101000000000000000000000111311221410251ffda000c0301000211031100" +
  "3f00d962ac0b156703b4562ac9336e18f1df9285b258f18b8b5f8f25f92e5b1dbf969be359e515ac558162ac" +
  "8a859cbcfb9d6f8ad5c55b974e028749d159cfdadec5fdfe88fcc9b66e74cb4bacc1a7c454c77e67e4f03ac1" +
  "aad5e1d4636bf8efcc7c5e0749d158ab35999c8c5c61162dc2b5c75ae4addb1d1658b24dc5ecd7da50b2b8da" +
  "9f8a1641b6bd8bfbfd12c5916dcf66dedf509aa6ee2c58ab02c55924daf7b55f69bac9b5cf6ebed3759af19f" +
  "5bace6e9b535c34b56d5b2af1e93a0b11610d4eeba9e3783f769e369bac558f43b49a8cf5cb5004e0f1eb2a5" +
  "8162ac53ffd9";

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** A file of its own. */
export const WIDE_JPEG = Buffer.from(WIDE, "hex");

let made = 0;

function blob(name: string, type: string, bytes: number): Uint8Array {
  const id = new Uint8Array(16).fill(++made);
  const [key, digest] = [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)];
  return encode(BlobRef, { id, key, bytes, digest, name, type });
}

/** A picture: wide, or tall. */
export function picture(tall: boolean, caption = ""): NonNullable<Said["shows"]> {
  const [width, height] = tall ? [1512, 2016] : [2016, 1512];
  const preview = bytesOf(tall ? TALL : WIDE);
  const file = blob("IMG_2041.jpg", "image/jpeg", 2_400_000);
  const of = { blob: file, width, height, preview, caption };
  return { kind: ContentKind.IMAGE, content: hexOf(encode(ImageContent, of)) };
}

export function film(): NonNullable<Said["shows"]> {
  const [width, height, durationMs] = [1280, 720, 10_400];
  const of = { blob: blob("zip.mp4", "video/mp4", 18_000_000), width, height, durationMs };
  const content = encode(VideoContent, { ...of, preview: bytesOf(WIDE) });
  return { kind: ContentKind.VIDEO, content: hexOf(content) };
}

export function file(name: string, bytes: number, caption = ""): NonNullable<Said["shows"]> {
  const of = { blob: blob(name, "application/pdf", bytes), caption };
  return { kind: ContentKind.FILE, content: hexOf(encode(FileContent, of)) };
}

export function voice(): NonNullable<Said["shows"]> {
  const loud = (at: number) => 40 + Math.abs(Math.sin(at / 3)) * 215;
  const waveform = Uint8Array.from({ length: 48 }, (_, at) => loud(at));
  const of = { blob: blob("voice.webm", "audio/webm", 48_000), durationMs: 12_300, waveform };
  return { kind: ContentKind.VOICE, content: hexOf(encode(VoiceContent, of)) };
}
