// Changes of a file that leave all its other bytes where they are, taken from the file itself.

import { Errc } from "../../gen/errors.js";
import { Failure } from "../failure.js";

/** `length` bytes at `at` become `bytes`. */
export type Edit = { readonly at: number; readonly length: number; readonly bytes: Uint8Array };

export class FileReader {
  constructor(readonly file: Blob) {}

  get size(): number {
    return this.file.size;
  }

  /** Fewer where the file ends before. */
  async read(at: number, length: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.file.slice(at, at + length).arrayBuffer());
    } catch {
      // Browsers refuse to read what was changed or removed since it was picked.
      throw new Failure(Errc.blob_file_changed);
    }
  }
}

/** An edit where `after` differs from `before`, which stood at `at`. */
export function changed(at: number, before: Uint8Array, after: Uint8Array): Edit[] {
  const same = before.every((byte, n) => byte === after[n]);
  return same ? [] : [{ at, length: before.length, bytes: after }];
}

export function applied(file: Blob, edits: readonly Edit[]): Blob {
  if (!edits.length) return file;
  const parts: BlobPart[] = [];
  let done = 0;
  for (const { at, length, bytes } of [...edits].sort((a, b) => a.at - b.at)) {
    parts.push(file.slice(done, at), bytes as Uint8Array<ArrayBuffer>);
    done = at + length;
  }
  return new Blob([...parts, file.slice(done)], { type: file.type });
}

export const ascii = (bytes: Uint8Array, at = 0, length = bytes.length - at): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));
