// Writes tests/vectors/*.json by the second implementation (web/verify). Same bytes every time.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { blob } from "./areas/blob.mjs";
import { codec } from "./areas/codec.mjs";
import { hash_kdf } from "./areas/hash_kdf.mjs";
import {
  agent_certificate, device, handover, invitation, link, shop_card,
} from "./areas/identity.mjs";
import { body, grant } from "./areas/epochs.mjs";
import { log } from "./areas/log.mjs";
import { checkpoint, hello, mark, session, signal, welcome } from "./areas/connection.mjs";

const areas = {
  codec, hash_kdf, device, shop_card, agent_certificate, handover, invitation, link, log, grant,
  body, mark, checkpoint, hello, welcome, signal, session, blob,
};

const shown = (_key, value) => {
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString("hex");
  }
  if (typeof value === "bigint") {
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
  }
  return value;
};

// File name to text.
export const made = () => new Map(
  Object.entries(areas).map(([name, area]) =>
    [`${name}.json`, `${JSON.stringify(area(), shown, 1)}\n`]),
);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of made()) {
    writeFileSync(new URL(name, import.meta.url), text);
  }
}
