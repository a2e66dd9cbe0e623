// Sealed bytes in the origin private file system. What lies there is what the relay gets; it opens
// with a key of the device's database alone.
import type { Spool, Spools } from "../media/seams.js";

/** Left to the device's own database and to other sites. */
const ROOM_LEFT = 256 * 1024 * 1024;

class FileSpool implements Spool {
  constructor(private readonly file: FileSystemSyncAccessHandle) {}

  write(at: number, bytes: Uint8Array): void {
    const view = bytes as Uint8Array<ArrayBuffer>;
    if (this.file.write(view, { at }) !== bytes.length) throw new Error("the spool is full");
  }
  read(at: number, into: Uint8Array): void {
    const view = into as Uint8Array<ArrayBuffer>;
    if (this.file.read(view, { at }) !== into.length) throw new Error("the spool is short");
  }
  flush(): void {
    this.file.flush();
  }
  close(): void {
    this.file.close();
  }
}

// A ref is a host's; as a name of a file it is only hexadecimal.
const name_of = (ref: string): string =>
  Array.from(new TextEncoder().encode(ref), (b) => b.toString(16).padStart(2, "0")).join("");

export class FileSpools implements Spools {
  /** One folder for each device's database. */
  constructor(private readonly folder: string) {}

  private async directory(): Promise<FileSystemDirectoryHandle> {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(name_of(this.folder), { create: true });
  }

  async open(ref: string, bytes: number): Promise<Spool | undefined> {
    try {
      const directory = await this.directory();
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      const file = await directory.getFileHandle(name_of(ref), { create: true });
      const handle = await file.createSyncAccessHandle();
      if (handle.getSize() + quota - usage > bytes + ROOM_LEFT) return new FileSpool(handle);
      handle.close();
      await directory.removeEntry(name_of(ref));
    } catch {
      // Private windows and older browsers have none.
    }
    return undefined;
  }

  async remove(ref: string): Promise<void> {
    const directory = await this.directory().catch(() => undefined);
    await directory?.removeEntry(name_of(ref)).catch(() => undefined);
  }

  async keepOnly(refs: ReadonlySet<string>): Promise<void> {
    const names = new Set([...refs].map(name_of));
    const directory = await this.directory().catch(() => undefined);
    if (!directory) return;
    for await (const name of directory.keys()) {
      if (!names.has(name)) await directory.removeEntry(name).catch(() => undefined);
    }
  }
}
