// Lets a <video> of this page play what its media worker opens, by a service worker that knows only
// names. It takes this page alone over and is no more once the page is left: no other page pays.
import type { BlobRef, PlayAsked } from "./media_messages.js";
import { toHex } from "./text.js";

/** Longer than any browser takes that wants to. */
const READY_MS_MAX = 4000;

export type Playing = { readonly blob: BlobRef; readonly type: string };

/** Tells the media worker to serve a port; `playing` is nothing for a name of somebody else. */
type Serve = (playing: Playing | undefined, asked: PlayAsked, port: MessagePort) => void;

function activated(worker: ServiceWorker | null): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!worker || worker.state === "activated") resolve();
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}

export class Player {
  private readonly names = new Map<string, Playing>();
  private started: Promise<boolean> | undefined;
  private base = "";

  constructor(
    private readonly script: URL,
    private readonly serve: Serve,
  ) {}

  /** An address that plays; nothing where this browser does not let it. */
  async add(playing: Playing): Promise<{ url: string; close: () => void } | undefined> {
    this.started ??= this.start().catch(() => false);
    if (!(await this.started)) return undefined;
    const name = toHex(crypto.getRandomValues(new Uint8Array(16)));
    this.names.set(name, playing);
    return { url: `${this.base}play/${name}`, close: () => this.names.delete(name) };
  }

  private async start(): Promise<boolean> {
    // Some browsers have none in a frame of another site.
    const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
    if (!container) return false;
    container.addEventListener("message", ({ data, ports }: MessageEvent<PlayAsked>) => {
      const [port] = ports;
      if (port) this.serve(this.names.get(data.play), data, port);
    });
    container.startMessages();
    const registration = await container.register(this.script);
    this.base = registration.scope;
    const taken = await this.taken_over(container);
    // One that is given back before it is active never answers.
    if (taken) await activated(container.controller);
    await registration.unregister();
    return taken;
  }

  private taken_over(container: ServiceWorkerContainer): Promise<boolean> {
    const mine = (): boolean => container.controller?.scriptURL === this.script.href;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), READY_MS_MAX);
      const look = (): void => {
        if (!mine()) return;
        clearTimeout(timer);
        resolve(true);
      };
      container.addEventListener("controllerchange", look);
      look();
    });
  }
}
