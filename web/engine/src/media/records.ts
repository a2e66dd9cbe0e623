// What is kept of uploads, sealed under a key of the browser that cannot be read out. It lies in
// the device's own database: whoever ends the device ends this with it, in the same transaction.
import { decode, encode } from "../codec.js";
import { UploadRecord } from "../gen/wire.js";
import { META } from "../storage_idb.js";

export type { UploadRecord } from "../gen/wire.js";

export interface Records {
  /** Resolved when kept; `strict` also against a machine that stops. */
  put(record: UploadRecord, strict: boolean): Promise<void>;
  get(ref: string): Promise<UploadRecord | undefined>;
  all(): Promise<UploadRecord[]>;
  remove(ref: string): Promise<void>;
}

/** Until the page is left: for browsers that keep nothing. */
export class MemoryRecords implements Records {
  private readonly kept = new Map<string, UploadRecord>();

  async put(record: UploadRecord): Promise<void> {
    this.kept.set(record.ref, { ...record });
  }
  async get(ref: string): Promise<UploadRecord | undefined> {
    const found = this.kept.get(ref);
    return found && { ...found };
  }
  async all(): Promise<UploadRecord[]> {
    return [...this.kept.values()].map((record) => ({ ...record }));
  }
  async remove(ref: string): Promise<void> {
    this.kept.delete(ref);
  }
}

const KEY = "media";
const PREFIX = "media ";
const ALGORITHM = "AES-GCM";

type KeptKey = { readonly name: string; readonly key: CryptoKey };
type Sealed = { readonly iv: Uint8Array<ArrayBuffer>; readonly box: ArrayBuffer };

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("ended")));
  });
}

export class IdbRecords implements Records {
  private constructor(
    private readonly database: IDBDatabase,
    private readonly kept: KeptKey,
  ) {}

  /** Rejects where the browser does not keep such keys. */
  static async open(database: IDBDatabase): Promise<IdbRecords> {
    const made = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
    const transaction = database.transaction(META, "readwrite", { durability: "strict" });
    const done = finished(transaction);
    const meta = transaction.objectStore(META);
    const known = await settled<KeptKey | undefined>(meta.get(KEY));
    if (!known) meta.put({ name: crypto.randomUUID(), key: made } satisfies KeptKey, KEY);
    await done;
    const read = database.transaction(META).objectStore(META).get(KEY);
    return new IdbRecords(database, await settled<KeptKey>(read));
  }

  // Nothing is written for a device that was ended since: its key is gone.
  private async write(strict: boolean, act: (meta: IDBObjectStore) => void): Promise<void> {
    const durability = strict ? "strict" : "relaxed";
    const transaction = this.database.transaction(META, "readwrite", { durability });
    const done = finished(transaction);
    const meta = transaction.objectStore(META);
    const request = meta.get(KEY) as IDBRequest<KeptKey | undefined>;
    request.addEventListener("success", () => {
      if (request.result?.name === this.kept.name) act(meta);
      else transaction.abort();
    });
    return done;
  }

  async put(record: UploadRecord, strict: boolean): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = encode(UploadRecord, record) as Uint8Array<ArrayBuffer>;
    const box = await crypto.subtle.encrypt({ name: ALGORITHM, iv }, this.kept.key, plain);
    plain.fill(0);
    const sealed: Sealed = { iv, box };
    return this.write(strict, (meta) => meta.put(sealed, PREFIX + record.ref));
  }

  private async open(sealed: Sealed): Promise<UploadRecord | undefined> {
    try {
      const { iv, box } = sealed;
      const plain = await crypto.subtle.decrypt({ name: ALGORITHM, iv }, this.kept.key, box);
      return decode(UploadRecord, new Uint8Array(plain));
    } catch {
      return undefined;
    }
  }

  async get(ref: string): Promise<UploadRecord | undefined> {
    const request = this.database.transaction(META).objectStore(META).get(PREFIX + ref);
    const sealed = await settled<Sealed | undefined>(request);
    return sealed && this.open(sealed);
  }

  async all(): Promise<UploadRecord[]> {
    const range = IDBKeyRange.bound(PREFIX, `${PREFIX}\uffff`);
    const request = this.database.transaction(META).objectStore(META).getAll(range);
    const sealed = await settled<Sealed[]>(request);
    const opened = await Promise.all(sealed.map((each) => this.open(each)));
    return opened.filter((record) => record !== undefined);
  }

  async remove(ref: string): Promise<void> {
    return this.write(true, (meta) => meta.delete(PREFIX + ref));
  }
}
