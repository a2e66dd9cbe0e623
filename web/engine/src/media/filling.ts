// Bytes of a stream or a file into buffers that are used again. What a browser allots for each read
// it takes back when its collector comes, which does not count it: 256 MiB cost 230 MiB.

/** Files are opened anew so often: that is when a browser looks whether they are what they were. */
const SPAN_BYTES = 64 * 1024 * 1024;

export type Bytes = Uint8Array<ArrayBuffer>;
type Got = { readonly value: Bytes | undefined; readonly done: boolean };

/** One stream into its caller's buffers; by way of the browser's own where it knows no other. */
export class Filling {
  private readonly direct: ReadableStreamBYOBReader | undefined;
  private readonly other: ReadableStreamDefaultReader<Uint8Array> | undefined;
  private rest = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    try {
      this.direct = stream.getReader({ mode: "byob" });
    } catch {
      this.other = stream.getReader();
    }
  }

  get takesBuffers(): boolean {
    return this.direct !== undefined;
  }

  /** `size` bytes, fewer only at the end. `buffer` is given away; the answer's own comes back. */
  async fill(buffer: ArrayBuffer, size: number): Promise<Bytes> {
    let [into, had] = [buffer, 0];
    for (let done = false; !done && had < size; ) {
      const room = new Uint8Array(into, had, size - had);
      const got: Got = await (this.direct?.read(room) ?? this.copied(room));
      done = got.done;
      if (!got.value) continue;
      into = got.value.buffer;
      had += got.value.length;
    }
    return new Uint8Array(into, 0, had);
  }

  private async copied(into: Bytes): Promise<Got> {
    let done = false;
    if (!this.rest.length) {
      const got = await this.other?.read();
      done = got?.done !== false;
      this.rest = (got?.value as Bytes | undefined) ?? this.rest;
    }
    const value = into.subarray(0, this.rest.length);
    value.set(this.rest.subarray(0, value.length));
    this.rest = this.rest.subarray(value.length);
    return { value, done };
  }

  cancel(): void {
    (this.direct ?? this.other)?.cancel().catch(() => undefined);
  }
}

/** A file's bytes, at best in order. */
export class FileFilling {
  private buffer = new ArrayBuffer(0);
  private stream: Filling | undefined;
  private at = 0;
  private span = SPAN_BYTES;
  private span_end = 0;
  private ended = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: Blob) {}

  /** From `from` to `to` or to the file's end, until the next call. */
  read(from: number, to: number): Promise<Bytes> {
    const read = this.last.then(() => this.read_next(from, Math.min(to, this.file.size)));
    this.last = read.catch(() => undefined);
    return read;
  }

  private async read_next(from: number, to: number): Promise<Bytes> {
    if (!this.stream || from !== this.at || to > this.span_end) this.open(from, to);
    const stream = this.stream as Filling;
    const buffer = this.buffer.byteLength < to - from ? new ArrayBuffer(to - from) : this.buffer;
    // Where reading fails, none of both is left.
    this.stream = undefined;
    this.buffer = new ArrayBuffer(0);
    const bytes = await stream.fill(buffer, to - from);
    [this.stream, this.buffer, this.at] = [stream, bytes.buffer, from + bytes.length];
    if (this.ended) this.close();
    return bytes;
  }

  private open(from: number, to: number): void {
    this.stream?.cancel();
    this.span_end = Math.max(from + this.span, to);
    this.stream = new Filling(this.file.slice(from, this.span_end).stream());
    if (this.stream.takesBuffers || !this.span) return;
    // WebKit brings all of a slice at once.
    this.span = 0;
    this.open(from, to);
  }

  close(): void {
    this.ended = true;
    this.stream?.cancel();
    this.stream = undefined;
  }
}
