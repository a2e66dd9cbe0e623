// The device's store in IndexedDB: one database a device, records under binary keys. Every opening
// raises a number that each write compares in its own transaction, so that a tab which lost the
// device without noticing can write no more.
import { Superseded, type Change, type KeyRange } from "./seams.js";
import type { Storage, StoredRecord } from "./seams.js";

const RECORDS = "records";
export const META = "meta";
const TERM = "term";
// What cannot be fetched or made again: identity, keys of teams and epochs, what is not sent yet.
const strict_prefixes = [..."iko"].map((c) => c.charCodeAt(0));

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

// IndexedDB takes buffers, of which a view into a larger one would not be one.
const key_of = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

/** The database of a device; beside the records it keeps the wrapped storage key. */
export async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore(RECORDS);
    request.result.createObjectStore(META);
  });
  const database = await settled(request);
  // Whoever deletes the site's data must not wait for this tab.
  database.addEventListener("versionchange", () => database.close());
  return database;
}

export async function getMeta<T>(database: IDBDatabase, key: string): Promise<T | undefined> {
  return settled(database.transaction(META).objectStore(META).get(key)) as Promise<T | undefined>;
}

/**
 * Deletes everything that the device keeps, its wrapped key first among it, in one transaction;
 * whoever still has it open can write no more. Resolved when durable.
 */
export async function wipe(database: IDBDatabase): Promise<void> {
  const transaction = database.transaction([RECORDS, META], "readwrite", { durability: "strict" });
  const done = finished(transaction);
  const meta = transaction.objectStore(META);
  const term = ((await settled(meta.get(TERM))) ?? 0) + 1;
  meta.clear();
  meta.put(term, TERM);
  transaction.objectStore(RECORDS).clear();
  await done;
}

/** A key where there was none; what an older one sealed opens to nobody any more and goes. */
export async function putKey(database: IDBDatabase, key: string, value: unknown): Promise<void> {
  const transaction = database.transaction([RECORDS, META], "readwrite", { durability: "strict" });
  transaction.objectStore(RECORDS).clear();
  transaction.objectStore(META).put(value, key);
  await finished(transaction);
}

export class IdbStorage implements Storage {
  private constructor(
    private readonly database: IDBDatabase,
    /** Rises with every opening of this database, also where it is an older copy of the profile. */
    readonly term: number,
  ) {}

  /** Takes the store over from whoever had it. */
  static async open(database: IDBDatabase): Promise<IdbStorage> {
    const transaction = database.transaction(META, "readwrite", { durability: "strict" });
    const done = finished(transaction);
    const meta = transaction.objectStore(META);
    const last = (await settled<number | undefined>(meta.get(TERM))) ?? 0;
    const term = Math.max(last + 1, Math.floor(Date.now() / 1000));
    meta.put(term, TERM);
    await done;
    return new IdbStorage(database, term);
  }

  // All is asked for at once and the term's answer comes first: an abort then takes back whatever
  // was put behind it, and without one nothing has to be waited for but the commit.
  async write(changes: readonly Change[]): Promise<void> {
    const strict = changes.some(({ key }) => strict_prefixes.includes(key[0] as number));
    const durability = strict ? "strict" : "relaxed";
    const transaction = this.database.transaction([RECORDS, META], "readwrite", { durability });
    const done = finished(transaction);
    const term = transaction.objectStore(META).get(TERM);
    let refused = false;
    term.addEventListener("success", () => {
      refused = term.result !== this.term;
      if (refused) transaction.abort();
      else transaction.commit();
    });
    const records = transaction.objectStore(RECORDS);
    for (const { key, value } of changes) {
      if (value) records.put(value.slice(), key_of(key));
      else records.delete(key_of(key));
    }
    return done.catch((error: unknown) => {
      throw refused ? new Superseded() : error;
    });
  }

  async check(): Promise<void> {
    if ((await getMeta<number>(this.database, TERM)) !== this.term) throw new Superseded();
  }

  async load({ from, to, limit, descending }: KeyRange): Promise<StoredRecord[]> {
    const range = [key_of(from), key_of(to)] as const;
    if (indexedDB.cmp(...range) >= 0) return [];
    const within = IDBKeyRange.bound(...range, false, true);
    const records = this.database.transaction(RECORDS).objectStore(RECORDS);
    if (!descending) return together(records, within, limit);
    // getAll knows no direction and a cursor costs an event for each record: the cursor only finds
    // where the last `limit` records begin.
    const start = limit ? await last_but(records, within, limit) : undefined;
    const last = IDBKeyRange.bound(start ?? range[0], range[1], false, true);
    return (await together(records, last, 0)).reverse();
  }

  close(): void {
    this.database.close();
  }
}

// The key of the limit-th record from the end; nothing where there are fewer.
function last_but(
  records: IDBObjectStore,
  range: IDBKeyRange,
  limit: number,
): Promise<IDBValidKey | undefined> {
  const request = records.openKeyCursor(range, "prev");
  return new Promise((resolve, reject) => {
    let passed = limit === 1;
    request.addEventListener("success", () => {
      if (passed || !request.result) return resolve(request.result?.key);
      passed = true;
      request.result.advance(limit - 1);
    });
    request.addEventListener("error", () => reject(request.error));
  });
}

async function together(
  records: IDBObjectStore,
  range: IDBKeyRange,
  limit: number,
): Promise<StoredRecord[]> {
  const most = limit || undefined;
  const [keys, values] = await Promise.all([
    settled(records.getAllKeys(range, most)),
    settled(records.getAll(range, most)),
  ]);
  return keys.map((key, i) => ({
    key: new Uint8Array(key as ArrayBuffer),
    value: values[i] as Uint8Array,
  }));
}
