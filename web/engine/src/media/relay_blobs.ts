// The relay's blobs by HTTP: tus 1.0 for what goes there, ranges for what comes from there
// (docs/PROTOCOL.md section 12).
import { Errc } from "../gen/errors.js";
import type { Clock } from "../seams.js";
import { Again, Failure, Lost } from "./failure.js";

/** Longer than any piece takes on a link that still works; a link that died says nothing. */
const ANSWER_MS_MAX = 60_000;
const TEMPORARY = new Set([408, 423, 425, 429, 500, 502, 503, 504, 507]);
const MOVED = new Set([404, 409, 410, 460]);
/** What only time or people change: it is said, and tried again when somebody asks for it. */
const SAID = new Set<number>([Errc.blob_quota, Errc.blob_full]);

const CARRIES = { "Content-Type": "application/offset+octet-stream" };

export type BlobsSeams = {
  /** Address of the relay's blobs, without a slash at its end. */
  readonly url: string;
  readonly clock: Clock;
  fetch(url: string, options: RequestInit): Promise<Response>;
  /** The device's token; another one than `refused`, or the same once more if there is no other. */
  token(refused?: string): Promise<string>;
};

type Body = Uint8Array<ArrayBuffer>;
/** Its id in hexadecimal, and what the relay has of it. */
type Made = { readonly id: string; readonly offset: number };
type Asked = { readonly headers?: Record<string, string>; readonly body?: Body };

// What a refusal of the relay names; problem+json by RFC 9457.
async function code_of(response: Response): Promise<number | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  const code = (body as { code?: unknown } | undefined)?.code;
  if (typeof code === "number") return code;
  return typeof code === "string" ? Errc[code as keyof typeof Errc] : undefined;
}

export class RelayBlobs {
  constructor(private readonly seams: BlobsSeams) {}

  /** Makes an upload of so many sealed bytes, with the first of them or without. */
  async create(bytes: number, first: Body | undefined, signal: AbortSignal): Promise<Made> {
    const length = { "Upload-Length": String(bytes) };
    const asked = first ? { headers: { ...length, ...CARRIES }, body: first } : { headers: length };
    const response = await this.write("POST", "", asked, signal);
    const id = response.headers.get("Location")?.match(/\/([0-9a-f]{32})$/)?.[1];
    if (!id) throw new Failure(Errc.blob_request);
    return { id, offset: first ? this.offset_in(response) : 0 };
  }

  /** What the relay has of it. */
  async offset(id: string, signal: AbortSignal): Promise<number> {
    return this.offset_in(await this.write("HEAD", `/${id}`, {}, signal));
  }

  /** Sends what follows `offset`; the new offset. Lost where the relay stands elsewhere. */
  async append(id: string, offset: number, body: Body, signal: AbortSignal): Promise<number> {
    const headers = { "Upload-Offset": String(offset), ...CARRIES };
    return this.offset_in(await this.write("PATCH", `/${id}`, { headers, body }, signal));
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    await this.write("DELETE", `/${id}`, {}, signal);
  }

  /** Sealed bytes from `from` on. */
  async read(id: string, from: number, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = from ? { Range: `bytes=${from}-` } : {};
    const response = await this.ask("GET", `/${id}`, { headers }, signal);
    if (response.ok && (from === 0 || response.status === 206)) return response;
    return this.refuse(response);
  }

  private offset_in(response: Response): number {
    const offset = Number(response.headers.get("Upload-Offset") ?? NaN);
    if (!Number.isSafeInteger(offset)) throw new Failure(Errc.blob_request);
    return offset;
  }

  private async write(
    method: string,
    path: string,
    asked: Asked,
    signal: AbortSignal,
  ): Promise<Response> {
    let token = await this.seams.token();
    for (let turn = 0; ; turn++) {
      const headers = {
        ...asked.headers,
        "Tus-Resumable": "1.0.0",
        Authorization: `Bearer ${token}`,
      };
      const response = await this.ask(method, path, { ...asked, headers }, signal);
      if (response.ok) return response;
      if (response.status !== 401 || turn) return this.refuse(response);
      await response.body?.cancel();
      token = await this.seams.token(token);
    }
  }

  private async ask(
    method: string,
    path: string,
    asked: Asked,
    signal: AbortSignal,
  ): Promise<Response> {
    const { url, clock, fetch } = this.seams;
    const ending = new AbortController();
    const end = (): void => ending.abort();
    signal.addEventListener("abort", end);
    // A download goes on after its first answer: only that one is waited for here.
    const cancel = clock.after(ANSWER_MS_MAX, end);
    try {
      if (signal.aborted) end();
      const cache = method === "GET" ? "default" : "no-store";
      const options = { ...asked, method, cache, signal: ending.signal } as const;
      return await fetch(url + path, { ...options, credentials: "omit" });
    } catch {
      throw new Again();
    } finally {
      cancel();
      if (method !== "GET") signal.removeEventListener("abort", end);
    }
  }

  private async refuse(response: Response): Promise<never> {
    const code = await code_of(response);
    if (code && SAID.has(code)) throw new Failure(code);
    if (TEMPORARY.has(response.status)) throw new Again();
    if (MOVED.has(response.status)) throw new Lost();
    throw new Failure(code ?? Errc.blob_request);
  }
}
