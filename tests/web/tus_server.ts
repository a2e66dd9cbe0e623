// A relay's blobs in memory, as tus 1.0 has them, with faults that a test asks for.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Fault =
  /** The connection ends after so many bytes of the body; what came is kept. */
  | { readonly cut: number }
  /** The answer, as it stands. */
  | { readonly status: number; readonly code?: string };

type Kept = { bytes: Buffer; readonly length: number };

export class TusServer {
  readonly blobs = new Map<string, Kept>();
  readonly asked: string[] = [];
  /** For the next requests of a method, in order; one of a POST cuts what came with it. */
  readonly faults: { readonly method: string; readonly fault: Fault }[] = [];
  token = "good";
  /** Each PATCH waits for it before it is read. */
  held: Promise<void> = Promise.resolve();
  /** No answer to a GET brings more; then it hangs. */
  most = Infinity;
  /** Beside the blobs: a page and what it loads. */
  readonly files = new Map<string, { readonly type: string; readonly body: string | Buffer }>();
  private readonly server: Server;
  private made = 0;

  private constructor() {
    this.server = createServer((request, response) => {
      this.take(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<TusServer> {
    const made = new TusServer();
    await new Promise<void>((resolve) => made.server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/blobs`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "";
    const [, folder, id = ""] = request.url?.split("/") ?? [];
    if (folder !== "blobs") return this.serve(request.url ?? "", response);
    this.asked.push(method);
    const at = this.faults.findIndex((each) => each.method === method);
    const fault = at < 0 ? undefined : this.faults.splice(at, 1)[0]?.fault;
    if (fault && "status" in fault) {
      response.writeHead(fault.status, { "Content-Type": "application/problem+json" });
      return void response.end(JSON.stringify({ title: "", code: fault.code }));
    }
    if (method === "GET") return this.read(request, response, id, fault?.cut);
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return void response.writeHead(401).end('{"code":"blob_token"}');
    }
    const known = this.blobs.get(id);
    if (method === "POST") return this.create(request, response, fault?.cut);
    if (!known) return void response.writeHead(404).end();
    if (method === "PATCH") await this.held;
    if (method === "PATCH") return this.append(request, response, known, fault?.cut);
    if (method === "DELETE") this.blobs.delete(id);
    response.writeHead(method === "HEAD" ? 200 : 204, { "Upload-Offset": known.bytes.length });
    response.end();
  }

  private serve(path: string, response: ServerResponse): void {
    const file = this.files.get(path);
    if (!file) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": file.type }).end(file.body);
  }

  private async create(
    request: IncomingMessage,
    response: ServerResponse,
    cut: number | undefined,
  ): Promise<void> {
    const id = (++this.made).toString(16).padStart(32, "0");
    const length = Number(request.headers["upload-length"]);
    const known = { bytes: Buffer.alloc(0), length };
    this.blobs.set(id, known);
    response.setHeader("Location", `/blobs/${id}`);
    if (!Number(request.headers["content-length"])) return void response.writeHead(201).end();
    return this.append(request, response, known, cut, 201);
  }

  private async append(
    request: IncomingMessage,
    response: ServerResponse,
    known: Kept,
    cut: number | undefined,
    status = 204,
  ): Promise<void> {
    if (Number(request.headers["upload-offset"] ?? 0) !== known.bytes.length) {
      return void response.writeHead(409).end();
    }
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of request as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (cut !== undefined && size >= cut) break;
    }
    known.bytes = Buffer.concat([known.bytes, ...parts]);
    if (cut !== undefined) {
      known.bytes = known.bytes.subarray(0, known.bytes.length - size + Math.min(size, cut));
      return void response.destroy();
    }
    response.writeHead(status, { "Upload-Offset": known.bytes.length }).end();
  }

  private read(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    cut: number | undefined,
  ): void {
    const known = this.blobs.get(id);
    if (!known || known.bytes.length !== known.length) return void response.writeHead(404).end();
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const part = known.bytes.subarray(from);
    response.writeHead(request.headers.range ? 206 : 200, { "Content-Length": part.length });
    if (part.length > this.most) return void response.write(part.subarray(0, this.most));
    if (cut === undefined) return void response.end(part);
    response.write(part.subarray(0, cut), () => response.destroy());
  }
}
