import { useEffect, useState } from "preact/hooks";

const CLOCK_MS = 15_000;

/** The time, for what people read as a span; refreshed often enough for minutes. */
export function useNow(): number {
  const [now, set_now] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => set_now(Date.now()), CLOCK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
