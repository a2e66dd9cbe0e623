// Takes down what is said, with how loud it was, until it is stopped or thrown away.

/** What most can play comes first. */
const TYPES = [
  "audio/mp4;codecs=mp4a.40.2",
  "audio/webm;codecs=opus",
  "audio/ogg;codecs=opus",
  "audio/mp4",
];
const BITS_A_SECOND = 32_000;
const LOOK_MS = 60;
/** voice ends by itself there; nobody listens longer. */
export const VOICE_MS_MAX = 5 * 60_000;
/** Shorter is a slip of the finger. */
export const VOICE_MS_MIN = 500;
/** Of a waveform; what has more is cut to so many. */
export const STRETCHES = 64;
const LOUDEST = 255;

/** Why nothing can be taken down. */
export type Trouble = "blocked" | "none" | "busy" | "cannot";

export class RecordingTrouble extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble);
  }
}

export type Recorded = {
  readonly blob: Blob;
  readonly durationMs: number;
  readonly waveform: Uint8Array;
};

export interface Recording {
  /** Loudness right now, 0 to 1, and how long it is already. */
  look(): { readonly level: number; readonly ms: number };
  stop(): Promise<Recorded>;
  cancel(): void;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  NotAllowedError: "blocked",
  SecurityError: "blocked",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

async function listen(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    throw new RecordingTrouble(TROUBLES[name] ?? "cannot");
  }
}

/** Some know the word and can make none of the kinds: nobody is asked for his microphone then. */
function typeHere(): string {
  const here = "MediaRecorder" in window && navigator.mediaDevices;
  const type = here && TYPES.find((each) => MediaRecorder.isTypeSupported(each));
  if (!type) {
    throw new RecordingTrouble("cannot");
  }
  return type;
}

/** Equal stretches of the whole, the loudest of all 255. */
export function waveformOf(levels: readonly number[]): Uint8Array {
  const count = Math.min(STRETCHES, levels.length);
  const stretches = Array.from({ length: count }, (_, at) => {
    const from = Math.floor((at * levels.length) / count);
    const to = Math.max(from + 1, Math.floor(((at + 1) * levels.length) / count));
    return Math.max(...levels.slice(from, to));
  });
  const loudest = Math.max(...stretches, 0.02);
  return Uint8Array.from(stretches, (level) => Math.round((level / loudest) * LOUDEST));
}

/** Asks the browser for the microphone. Rejects with RecordingTrouble. */
export async function record(): Promise<Recording> {
  const mimeType = typeHere();
  const stream = await listen();
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_A_SECOND });
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const levels: number[] = [];
  const parts: Blob[] = [];
  const begun = performance.now();
  const levelNow = () => {
    analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
  };
  const timer = setInterval(() => levels.push(levelNow()), LOOK_MS);
  const end = () => {
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    void context.close();
  };
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  recorder.start();
  return {
    look: () => ({ level: Math.min(1, (levels.at(-1) ?? 0) * 5), ms: performance.now() - begun }),
    stop: async () => {
      const durationMs = Math.round(performance.now() - begun);
      const stopped = new Promise((done) => recorder.addEventListener("stop", done));
      recorder.stop();
      await stopped;
      end();
      const type = recorder.mimeType.split(";")[0] ?? "";
      return { blob: new Blob(parts, { type }), durationMs, waveform: waveformOf(levels) };
    },
    cancel: () => {
      recorder.stop();
      end();
    },
  };
}
