// Web space that no Shopbell program serves: the shop's own pages, and a static host.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

class Site {
  protected constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  protected static async listen(host: string, answer: RequestListener): Promise<[Server, string]> {
    const server = createServer(answer).listen(0, host);
    await once(server, "listening");
    return [server, `http://${host}:${(server.address() as AddressInfo).port}`];
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}

/** The shop: static pages, each with the tag. */
export class ShopSite extends Site {
  private constructor(
    server: Server,
    origin: string,
    private readonly pages: Map<string, string>,
  ) {
    super(server, origin);
  }

  static async start(): Promise<ShopSite> {
    const pages = new Map<string, string>();
    const [server, origin] = await Site.listen("127.0.0.1", (request, response) => {
      const page = pages.get(new URL(request.url ?? "", "http://any").pathname);
      response.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
      response.end(page);
    });
    return new ShopSite(server, origin, pages);
  }

  /** Adds a page about a product; its address. */
  add(path: string, language: string, product: string, tag: string): string {
    const html = `<!doctype html><html lang="${language}"><meta charset="utf-8">
      <link rel="icon" href="data:,"><title>${product}</title><h1>${product}</h1>${tag}</html>`;
    this.pages.set(new URL(path, this.origin).pathname, html);
    return new URL(path, this.origin).href;
  }
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The headers of each path, from a `_headers` file as static hosts read it. */
function headersIn(text: string): Map<string, Record<string, string>> {
  const all = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [, name, value] = line.match(/^ {2}([\w-]+): (.*)$/) ?? [];
    if (name && value) {
      current[name] = value;
    } else {
      current = {};
      all.set(line, current);
    }
  }
  return all;
}

/** A static host: files of a folder with the headers that its `_headers` names, and no others. */
export class StaticHost extends Site {
  static async start(folder: string): Promise<StaticHost> {
    const headers = headersIn(await readFile(join(folder, "_headers"), "utf8"));
    const answer: RequestListener = async (request, response) => {
      const path = new URL(request.url ?? "", "http://any").pathname;
      const named = headers.get(path);
      if (!named) {
        response.writeHead(404).end();
        return;
      }
      const file = path.endsWith("/") ? `${path}index.html` : path;
      const type = types[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { ...named, "content-type": type });
      response.end(await readFile(join(folder, file)));
    };
    return new StaticHost(...(await Site.listen("localhost", answer)));
  }
}
