// The bell rings softly and shortly, only for who wants it, and only where the browser allows it.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ring, soundOn } from "../../web/ui/src/sound.ts";

type Tone = { readonly hertz: number; stopped_s: number };

const kept = new Map<string, string>();
let tones: Tone[] = [];
let loudest: number[] = [];
let active = true;

class FakeAudio {
  readonly currentTime = 5;
  readonly destination = {};
  resume(): Promise<void> {
    return Promise.resolve();
  }
}

class FakeTone {
  private readonly tone: Tone;
  constructor(_: unknown, { frequency }: { frequency: number }) {
    this.tone = { hertz: frequency, stopped_s: 0 };
    tones.push(this.tone);
  }
  connect<T>(next: T): T {
    return next;
  }
  start(): void {}
  stop(at_s: number): void {
    this.tone.stopped_s = at_s;
  }
}

class FakeGain {
  readonly gain = {
    setValueAtTime: () => undefined,
    linearRampToValueAtTime: (value: number) => loudest.push(value),
    exponentialRampToValueAtTime: () => undefined,
  };
  connect(): void {}
}

Object.assign(globalThis, {
  AudioContext: FakeAudio, OscillatorNode: FakeTone, GainNode: FakeGain,
  localStorage: {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  },
});
Object.defineProperty(globalThis, "navigator", {
  value: { get userActivation() { return { hasBeenActive: active }; } },
  configurable: true,
});

beforeEach(() => {
  tones = [];
  loudest = [];
  active = true;
  soundOn.value = true;
});

test("two soft partials that end within 0.6 seconds", async () => {
  ring();
  await Promise.resolve();
  assert.equal(tones.length, 2);
  assert.ok(tones.every((tone) => tone.stopped_s > 5 && tone.stopped_s < 5.6));
  assert.ok(loudest.every((value) => value > 0 && value <= 0.1), "soft");
});

test("nothing rings before somebody has touched the page, or where it is turned off", async () => {
  active = false;
  ring();
  active = true;
  soundOn.value = false;
  ring();
  await Promise.resolve();
  assert.equal(tones.length, 0);
});

test("the choice is remembered", () => {
  soundOn.value = false;
  assert.equal(kept.get("shopbell.sound"), "off");
  soundOn.value = true;
  assert.equal(kept.get("shopbell.sound"), "on");
});
