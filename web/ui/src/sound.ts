// The bell: two soft partials, made when it rings, so that no file is loaded. Browsers let a page
// be heard only after somebody has touched it; before that it stays silent.
import { effect, signal, type Signal } from "@preact/signals";

const STORED = "shopbell.sound";
const LENGTH_S = 0.55;
/** Frequency in hertz and loudness. The second lies where a small bell has its overtone. */
const PARTIALS = [
  [1046.5, 0.09],
  [2815.1, 0.025],
] as const;

function remembered(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

/** The person's choice; it outlives the page where the browser lets it. */
export const soundOn: Signal<boolean> = signal(remembered());

effect(() => {
  const value = soundOn.value;
  try {
    if (value !== remembered()) {
      localStorage.setItem(STORED, value ? "on" : "off");
    }
  } catch {
    // It holds for as long as the page.
  }
});

let context: AudioContext | undefined;

function strike(audio: AudioContext): void {
  const start = audio.currentTime;
  for (const [frequency, loudness] of PARTIALS) {
    const tone = new OscillatorNode(audio, { frequency });
    const gain = new GainNode(audio, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(loudness, start + 0.008);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH_S);
    tone.connect(gain).connect(audio.destination);
    tone.start(start);
    tone.stop(start + LENGTH_S);
  }
}

/** Rings once, where the person wants it and the browser allows it. Never throws. */
export function ring(): void {
  // Without a gesture a context would only be refused, with a warning in the shop's console.
  if (!soundOn.value || navigator.userActivation?.hasBeenActive === false) {
    return;
  }
  try {
    context ??= new AudioContext();
    const audio = context;
    void audio.resume().then(() => strike(audio), () => undefined);
  } catch {
    // No sound on this device: what came is seen all the same.
  }
}
