// The bell for what nobody has before his eyes. A conversation may be open in several tabs: it
// rings in one of them, and in none while somebody reads it in another.
import { ring } from "../../web/ui/src/sound.ts";
import type { FrameApp } from "./app.ts";

const LOCK = "shopbell.ring";
/** A tab in which the message is seen comes first and keeps the others silent. */
const YIELD_MS = 250;
/** A hidden tab's timer may be a second late. */
const SEEN_MS = 1500;
/** What comes close together rings once. */
const QUIET_MS = 3000;

async function ringOnce(seen: boolean): Promise<void> {
  const hold = (lock: Lock | null) => {
    if (lock && !seen) {
      ring();
    }
    const held_ms = seen ? SEEN_MS : QUIET_MS;
    return lock ? new Promise((done) => window.setTimeout(done, held_ms)) : undefined;
  };
  try {
    await navigator.locks.request(LOCK, { ifAvailable: true }, hold);
  } catch {
    // The browser refuses locks together with storage: then this is the only tab it can be.
    if (!seen) {
      ring();
    }
  }
}

export function ringForNews(app: FrameApp): void {
  app.onTraffic(({ direction }) => {
    if (direction === "in") {
      const seen = app.open.value && app.visible.value;
      window.setTimeout(() => void ringOnce(seen), seen ? 0 : YIELD_MS);
    }
  });
}
