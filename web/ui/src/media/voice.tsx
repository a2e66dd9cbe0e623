// Saying instead of writing: the line above the composer while it is taken down.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Tell } from "../../i18n/media/index.ts";
import { clockWords } from "./names.ts";
import { VOICE_MS_MAX, type Recording } from "./recorder.ts";
import { Sign, SignButton } from "./signs.tsx";

const LOOK_MS = 80;
const BARS = 32;
/** So far to the side the finger throws it away. */
export const CANCEL_PX = 80;

export type VoiceLineProps = {
  readonly t: Tell;
  readonly recording: Recording;
  /** The button is held: letting go sends it. */
  readonly held: boolean;
  readonly slid: number;
  onSend(): void;
  onCancel(): void;
};

/** The last moments, newest at the end. */
function Levels({ levels }: { levels: readonly number[] }) {
  return (
    <span class="media-levels" aria-hidden="true">
      {levels.map((level, at) => (
        <i key={at} style={{ height: `${Math.round(12 + level * 88)}%` }} />
      ))}
    </span>
  );
}

export function VoiceLine({ t, recording, held, slid, onSend, onCancel }: VoiceLineProps) {
  const [levels, set_levels] = useState<readonly number[]>([]);
  const [ms, set_ms] = useState(0);
  const send = useRef(onSend);
  send.current = onSend;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      const now = recording.look();
      set_ms(now.ms);
      set_levels((before) => [...before, now.level].slice(-BARS));
      if (now.ms >= VOICE_MS_MAX) {
        clearInterval(timer);
        send.current();
      }
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [recording]);
  useEffect(() => {
    if (!held) {
      box.current?.querySelector<HTMLElement>(".media-send")?.focus();
    }
  }, [held]);
  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      onCancel();
    }
  };
  return (
    <div ref={box} class="media-voice-line" data-testid="recording" onKeyDown={keydown}>
      <SignButton sign="cross" word={t("throwAway")} testid="voice-cancel" onPress={onCancel} />
      <i class="media-lamp" aria-hidden="true" />
      <span role="timer">{clockWords(ms)}</span>
      <Levels levels={levels} />
      {held ? (
        <span class={`media-slide${slid > CANCEL_PX ? " away" : ""}`}>{t("slideAway")}</span>
      ) : (
        <button
          type="button" class="media-tool media-send" aria-label={t("sendVoice")}
          title={t("sendVoice")} data-testid="voice-send" onClick={onSend}
        >
          <Sign name="send" />
        </button>
      )}
    </div>
  );
}
