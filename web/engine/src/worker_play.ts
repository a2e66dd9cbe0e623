// The service worker of what plays: answers ./play/NAME for the page that made the name, with bytes
// that its media worker has fetched and checked. Everything else passes by it.
import type { PlayAnswer, PlayAsked } from "./media_messages.js";

const scope = self as unknown as ServiceWorkerGlobalScope;

scope.addEventListener("install", () => void scope.skipWaiting());
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));

type Opened = { readonly port: MessagePort; readonly answer: PlayAnswer };

// The page hands the port to its media worker, which answers once and then sends on request.
function ask(client: Client, asked: PlayAsked): Promise<Opened> {
  const { port1: port, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const take = ({ data }: MessageEvent<PlayAnswer>): void => resolve({ port, answer: data });
    port.addEventListener("message", take, { once: true });
    port.start();
    client.postMessage(asked, [port2]);
  });
}

function body_of(port: MessagePort): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        new Promise((resolve) => {
          const take = ({ data }: MessageEvent<Uint8Array | null | false>): void => {
            if (data) controller.enqueue(data);
            else if (data === null) controller.close();
            else controller.error(new Error("the file is damaged"));
            if (!data) port.close();
            resolve();
          };
          port.addEventListener("message", take, { once: true });
          port.postMessage("more");
        }),
      cancel: () => {
        port.postMessage("stop");
        port.close();
      },
    },
    { highWaterMark: 1 },
  );
}

async function answer(name: string, request: Request, id: string): Promise<Response> {
  const client = await scope.clients.get(id);
  if (!client) return new Response(null, { status: 404 });
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("Range") ?? "");
  const from = Number(range?.[1] ?? 0);
  const to = range?.[2] ? Number(range[2]) + 1 : undefined;
  const opened = await ask(client, { play: name, from, to });
  if (!opened.answer) return new Response(null, { status: 404 });
  const { type, bytes, begin, end } = opened.answer;
  const headers = new Headers({
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-store",
    "Content-Length": String(end - begin),
    "Content-Type": type,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
  });
  if (range) headers.set("Content-Range", `bytes ${begin}-${end - 1}/${bytes}`);
  return new Response(body_of(opened.port), { status: range ? 206 : 200, headers });
}

scope.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const name = /\/play\/([0-9a-f]{32})$/.exec(pathname)?.[1];
  if (!name || origin !== scope.location.origin) return;
  event.respondWith(answer(name, event.request, event.clientId));
});
