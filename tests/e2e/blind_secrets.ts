// The secrets that devices keep, opened from their stores by the second implementation
// (docs/STORE_FORMAT.md): those of the desk with its key file, a browser's inside its own page.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Frame, Page } from "@playwright/test";
import { Reader, aead_open, derive } from "../../web/verify/src/index.ts";
import type { Needle } from "./blind_search.ts";

type Records = readonly { readonly key: Buffer; readonly value: Buffer }[];

const SECRET_BYTES = 32;
const NONCE_BYTES = 24;
const STORE_BYTES_MAX = 1 << 28;

/** Which fields of a record are secret, by the letters that its key begins with. */
const secretFields: Record<string, readonly (readonly [bigint, string])[]> = {
  id: [
    [2n, "signing seed"],
    [3n, "sealing secret"],
  ],
  ie: [[1n, "invitation"]],
  ke: [[5n, "epoch key"]],
  kt: [[2n, "team secret"]],
  o: [[7n, "epoch key"]],
};

/** The fields of a protobuf message that hold bytes. */
function fieldsOf(message: Uint8Array): Map<bigint, Buffer> {
  const fields = new Map<bigint, Buffer>();
  const reader = new Reader(message);
  while (!reader.done) {
    const tag = reader.varint();
    if ((tag & 7n) === 2n) {
      fields.set(tag >> 3n, Buffer.from(reader.delimited()));
    } else {
      reader.varint();
    }
  }
  return fields;
}

function secretsOf(owner: string, storageKey: Uint8Array, records: Records): Needle[] {
  const recordKey = derive(storageKey, "shopbell record v1", new Uint8Array(0));
  const found: Needle[] = [];
  for (const { key, value } of records) {
    const kind = Object.keys(secretFields).find((letters) => key.toString().startsWith(letters));
    if (!kind) {
      continue;
    }
    const [nonce, box] = [value.subarray(0, NONCE_BYTES), value.subarray(NONCE_BYTES)];
    const plain = aead_open(recordKey, nonce, key, box);
    if (!plain) {
      throw new Error(`a record of ${owner} does not open`);
    }
    const fields = fieldsOf(plain);
    for (const [number, name] of secretFields[kind] ?? []) {
      const bytes = fields.get(number);
      if (bytes?.length === SECRET_BYTES) {
        found.push({ name: `${name} of ${owner}`, bytes });
      }
    }
  }
  return found;
}

/** The secrets in a file of keys. */
export async function secretsIn(folder: string, file: string): Promise<Needle[]> {
  const text = await readFile(join(folder, file), "utf8");
  return [...text.matchAll(/^(\w*(?:seed|secret|storage_key)): (\S+)$/gm)].map(
    ([, name, value]) => ({
      name: `${name} of ${file}`,
      bytes: Buffer.from(value ?? "", "base64url"),
    }),
  );
}

/** What the desk's device keeps: team secrets and the epochs of every conversation. */
export async function secretsOfDesk(folder: string): Promise<Needle[]> {
  const keys = await secretsIn(folder, "desk.key");
  const storage = keys.find(({ name }) => name.startsWith("storage_key"));
  const asked = ["-readonly", join(folder, "desk.db"), "select hex(key), hex(value) from records"];
  const { stdout } = await promisify(execFile)("sqlite3", asked, { maxBuffer: STORE_BYTES_MAX });
  const records = stdout.trim().split("\n").map((line) => {
    const [key = "", value = ""] = line.split("|");
    return { key: Buffer.from(key, "hex"), value: Buffer.from(value, "hex") };
  });
  return secretsOf("the desk", storage?.bytes ?? Buffer.alloc(0), records);
}

/** What a browser keeps for the device of this page or frame, and the key of its store. */
export async function secretsOfBrowser(owner: string, page: Page | Frame): Promise<Needle[]> {
  const kept = await page.evaluate(async () => {
    const ended = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error));
      });
    const hex = (bytes: ArrayBuffer | Uint8Array): string =>
      [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    type Wrapped = { key: CryptoKey; iv: Uint8Array<ArrayBuffer>; box: ArrayBuffer };
    const [only] = await indexedDB.databases();
    const database = await ended(indexedDB.open(only?.name ?? ""));
    const reading = database.transaction(["meta", "records"]);
    const asked = [
      ended<Wrapped>(reading.objectStore("meta").get("wrap")),
      ended(reading.objectStore("records").getAllKeys()),
      ended<Uint8Array[]>(reading.objectStore("records").getAll()),
    ] as const;
    const [{ key, iv, box }, keys, values] = await Promise.all(asked);
    database.close();
    return {
      storage: hex(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, box)),
      records: keys.map((each, i) => [hex(each as ArrayBuffer), hex(values[i] ?? iv)] as const),
    };
  });
  const storage = Buffer.from(kept.storage, "hex");
  const records = kept.records.map(([key, value]) => ({
    key: Buffer.from(key, "hex"),
    value: Buffer.from(value, "hex"),
  }));
  const own = { name: `storage key of ${owner}`, bytes: storage };
  return [own, ...secretsOf(owner, storage, records)];
}
