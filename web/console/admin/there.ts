// Who is there, in words.
import type { TeamDevice } from "../../engine/src/gen/wire.ts";
import type { Say } from "./i18n/index.ts";
import { ago } from "./times.ts";

/** Consoles ask once a minute; two misses and somebody is gone. */
const HERE_MS = 150_000;

export type There = { readonly kind: "available" | "away" | "offline"; readonly words: string };

export function thereOf(
  say: Say,
  { heardMs, away, statusMs }: Pick<TeamDevice, "heardMs" | "away" | "statusMs">,
  nowMs: number,
): There {
  if (nowMs - heardMs > HERE_MS) {
    const words = heardMs ? say("heard", { time: ago(say, nowMs - heardMs) }) : say("offline");
    return { kind: "offline", words };
  }
  return away
    ? { kind: "away", words: say("awaySince", { time: ago(say, nowMs - statusMs) }) }
    : { kind: "available", words: say("available") };
}
