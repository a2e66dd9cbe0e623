// Notices that the machine slept, the page was frozen or the network came back.
const BEAT_MS = 15_000;
/** Timers of a hidden page may wait a minute; longer than this is sleep. */
const ASLEEP_MS = 75_000;

/** `slept_ms` is 0 where only the network or the page came back. */
export function onWaking(woke: (slept_ms: number) => void): void {
  let beat_ms = Date.now();
  const beat = (): number => {
    const gap = Date.now() - beat_ms;
    beat_ms = Date.now();
    return gap > ASLEEP_MS ? gap : 0;
  };
  window.setInterval(() => {
    const slept = beat();
    if (slept) {
      woke(slept);
    }
  }, BEAT_MS);
  const back = () => woke(beat());
  window.addEventListener("online", back);
  window.addEventListener("pageshow", (event) => event.persisted && back());
  document.addEventListener("resume", back);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      back();
    }
  });
}
