// Waiting for a network that will come back: longer each time, and not at all once it has.
import type { Clock } from "../seams.js";

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

export class Patience {
  private readonly waiting = new Set<() => void>();

  constructor(readonly clock: Clock) {}

  /** `turn` counts failures in a row from 0. Ends early by `wake`, and when the signal aborts. */
  wait(turn: number, signal: AbortSignal): Promise<void> {
    const delay_ms = Math.min(FIRST_MS * 2 ** turn, LONGEST_MS);
    return new Promise((resolve) => {
      const go = (): void => {
        cancel();
        this.waiting.delete(go);
        signal.removeEventListener("abort", go);
        resolve();
      };
      const cancel = this.clock.after(delay_ms, go);
      this.waiting.add(go);
      signal.addEventListener("abort", go);
      if (signal.aborted) go();
    });
  }

  /** The network is there. */
  wake(): void {
    for (const go of [...this.waiting]) go();
  }
}
