// The shop's own web space: pages that a test puts there, with the headers that it names.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = { readonly body: string | Buffer; readonly headers: Record<string, string> };

const HTML = { "content-type": "text/html; charset=utf-8" };

export class PageSite {
  private readonly answers = new Map<string, Answer>();

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async start(host = "127.0.0.1"): Promise<PageSite> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "", "http://any");
      const answer = site.answers.get(pathname);
      response.writeHead(answer ? 200 : 404, { ...HTML, ...answer?.headers });
      response.end(answer?.body ?? "There is no such page.");
    });
    await once(server.listen(0, host), "listening");
    const { port } = server.address() as AddressInfo;
    const site = new PageSite(server, `http://${host}:${port}`);
    return site;
  }

  /** What stands at the path from now on; its address. */
  add(path: string, body: string | Buffer, headers: Record<string, string> = {}): string {
    this.answers.set(path, { body, headers });
    return new URL(path, this.origin).href;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}
