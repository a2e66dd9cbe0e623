// Starts the worker. Apart from the client, so that a page can do it with its first script, while
// the rest of its code is still on the way.
import { packOptions, type FromWorker } from "./messages.js";

export type StartOptions = {
  /** Each app has a store and a device of its own. */
  app: "widget" | "console";
  /** The shop's id: base64url of 32 bytes. */
  shop: string;
  /** ws: or wss: address of the relay. */
  relayUrl: string;
  workerUrl: string | URL;
  wasmUrl: string | URL;
};

/** What a worker says: a message, or that it cannot run. */
export type Said = FromWorker | "failed";

export interface StartedWorker {
  readonly worker: Worker;
  /** What was said before comes first, once the running code has ended. Called once. */
  listen(listener: (said: Said) => void): void;
}

export const isVisible = (): boolean => document.visibilityState === "visible";

export function startWorker(options: StartOptions): StartedWorker {
  const { app, shop, relayUrl } = options;
  const wasmUrl = new URL(options.wasmUrl, location.href).href;
  const url = new URL(options.workerUrl, location.href);
  url.hash = packOptions({ app, shop, relayUrl, wasmUrl, visible: isVisible() });
  const worker = new Worker(url, { type: "module", name: `shopbell ${app}` });
  const early: Said[] = [];
  let take = (said: Said): void => void early.push(said);
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => take(data));
  worker.addEventListener("error", () => take("failed"));
  const listen = (listener: (said: Said) => void): void =>
    queueMicrotask(() => {
      take = listener;
      early.forEach(listener);
    });
  return { worker, listen };
}
