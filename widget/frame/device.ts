// The frame's device. Its worker is begun by the page's first script, start.ts, so that it comes up
// while the rest is on the way; main.tsx takes it over.
import type { StartOptions, StartedWorker } from "../../web/engine/src/starter.ts";
import type { FrameConfig } from "./config.ts";

const asset = (path: string): URL => new URL(`../${path}`, location.href);

const place = window as { shopbellStarted?: StartedWorker };

export function deviceOptions({ shop, relayUrl }: FrameConfig): StartOptions {
  const [workerUrl, wasmUrl] = [asset(__WORKER_URL__), asset(__WASM_URL__)];
  return { app: "widget", shop, relayUrl, workerUrl, wasmUrl };
}

export function leaveStarted(started: StartedWorker): void {
  place.shopbellStarted = started;
}

/** Nothing where the first script did not come. */
export const takeStarted = (): StartedWorker | undefined => place.shopbellStarted;
