// What somebody said: played at one's own speed, from where one likes.
import { useEffect, useRef, useState } from "preact/hooks";
import { MediaError } from "../../../engine/src/media_client.ts";
import { errorWords } from "./failures.ts";
import type { BubbleProps } from "./bubbles.tsx";
import { clockWords } from "./names.ts";
import { SignButton } from "./signs.tsx";

const SPEEDS = [1, 1.5, 2];
const QUIET = 28;
const LEAST = 12;

/** Whoever plays stops whoever played. */
let playing: HTMLAudioElement | undefined;

function barsOf(waveform: Uint8Array): readonly number[] {
  return waveform.length ? [...waveform] : new Array<number>(32).fill(QUIET);
}

export function Voice(props: BubbleProps) {
  const { t, told, store } = props;
  const audio = useRef<HTMLAudioElement | undefined>(undefined);
  const [plays, set_plays] = useState(false);
  const [ms, set_ms] = useState(0);
  const [speed, set_speed] = useState(1);
  const [error, set_error] = useState("");
  const all_ms = Math.max(1, told.durationMs);
  useEffect(
    () => () => {
      audio.current?.pause();
      if (playing === audio.current) playing = undefined;
    },
    [],
  );

  // Within the press and before anything is fetched: where only a person may begin a sound, what
  // comes later is still his.
  const make = (): HTMLAudioElement => {
    const made = new Audio();
    made.addEventListener("play", () => set_plays(true));
    made.addEventListener("pause", () => set_plays(false));
    made.addEventListener("timeupdate", () => set_ms(made.currentTime * 1000));
    made.addEventListener("ended", () => set_ms(0));
    made.load();
    return made;
  };
  const start = async (sound: HTMLAudioElement) => {
    playing?.pause();
    playing = sound;
    if (!sound.src) {
      const { url } = await store.fetch(told.blob);
      if (playing !== sound || sound.src) {
        return;
      }
      sound.src = url;
      sound.currentTime = ms / 1000;
    }
    sound.playbackRate = speed;
    await sound.play();
  };
  const toggle = async () => {
    set_error("");
    const sound = (audio.current ??= make());
    try {
      await (sound.paused ? start(sound) : sound.pause());
    } catch (reason) {
      if (reason instanceof DOMException && reason.name === "AbortError") {
        // Stopped before it began.
        return;
      }
      const code = reason instanceof MediaError ? reason.code : 0;
      set_error(code ? errorWords(t, code, "errorLoad") : t("notPlayed"));
    }
  };
  const seek = (to_ms: number) => {
    set_ms(to_ms);
    if (audio.current) {
      audio.current.currentTime = to_ms / 1000;
    }
  };
  const faster = () => {
    const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;
    set_speed(next);
    if (audio.current) {
      audio.current.playbackRate = next;
    }
  };
  const bars = barsOf(told.waveform);
  const place = ms / all_ms;
  return (
    <>
      <div class="media-voice" data-testid="voice" data-plays={plays}>
        <SignButton
          sign={plays ? "pause" : "play"} word={t(plays ? "pause" : "play")} testid="voice-play"
          onPress={() => void toggle()}
        />
        <span class="media-wave">
          {bars.map((level, at) => (
            <i
              key={at}
              class={at < place * bars.length ? "past" : ""}
              style={{ height: `${Math.max(LEAST, (level / 255) * 100)}%` }}
            />
          ))}
          <input
            type="range" min={0} max={all_ms} step={100} value={ms} aria-label={t("voice")}
            aria-valuetext={clockWords(ms)}
            onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
          />
        </span>
        <span class="media-time">{clockWords(plays || ms ? ms : told.durationMs)}</span>
        <button
          type="button" class="media-speed" aria-label={t("speed", { n: speed })}
          title={t("speed", { n: speed })} data-testid="voice-speed" onClick={faster}
        >
          {t("times", { n: speed })}
        </button>
      </div>
      {error && (
        <p class="media-wrong" role="alert">
          {error}
        </p>
      )}
    </>
  );
}
