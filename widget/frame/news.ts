// The bell for what nobody has before his eyes. A conversation may be open in several tabs: it
// rings in one of them, and in none while somebody reads it in another.
import { effect } from "@preact/signals";
import { AuthorClass } from "../../web/ui/src/conversation.ts";
import { ring } from "../../web/ui/src/sound.ts";
import type { FrameApp } from "./app.ts";

/** Whoever rings holds it for a moment. */
const RINGS = "shopbell.ring";
/** Held together by all tabs that somebody looks at: no tab has to be asked, or answer in time. */
const SEES = "shopbell.sees";
/** What comes close together rings once. */
const QUIET_MS = 3000;
/** So long another device of the person may take to say that he has read it there. */
const READ_MS = 2000;

const hasOthers = ({ session }: FrameApp): boolean =>
  [...session.members.value.values()].some((members) => {
    const own = [...members.values()].filter(
      ({ authorClass }) => authorClass === AuthorClass.customer,
    );
    return own.length > 1;
  });

const looksAt = ({ open, visible }: FrameApp): boolean => open.value && visible.value;

/** Where the browser refuses locks together with storage, this is the only tab it can be. */
async function holdWhile(seen: Promise<void>): Promise<void> {
  try {
    await navigator.locks.request(SEES, { mode: "shared" }, () => seen);
  } catch {
    // Nobody else could have asked for it.
  }
}

async function seenElsewhere(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === SEES);
}

async function ringOnce(): Promise<void> {
  try {
    if (await seenElsewhere()) {
      return;
    }
    await navigator.locks.request(RINGS, { ifAvailable: true }, (lock) => {
      if (!lock) {
        return undefined;
      }
      ring();
      return new Promise((done) => window.setTimeout(done, QUIET_MS));
    });
  } catch {
    ring();
  }
}

export function ringForNews(app: FrameApp): void {
  let look_away = (): void => undefined;
  effect(() => {
    look_away();
    if (looksAt(app)) {
      void holdWhile(new Promise((resolve) => (look_away = resolve)));
    }
  });
  app.onTraffic(({ direction }) => {
    if (direction !== "in" || looksAt(app)) {
      return;
    }
    if (hasOthers(app)) {
      window.setTimeout(() => app.unread.value && void ringOnce(), READ_MS);
    } else {
      void ringOnce();
    }
  });
}
