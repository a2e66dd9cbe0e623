// A picture before it is sent: cut, turned, pointed at, written on, covered. By pointer, or by keys
// with a box that the arrows move.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { MediaKey, Tell } from "../../i18n/media/index.ts";
import { loadPicture } from "./prepare.ts";
import { Sign, SignButton, type SignName } from "./signs.tsx";
import { boxOf, drawn, isSlip, type Point, type Span, type Step } from "./strokes.ts";

type Tool = "crop" | "arrow" | "circle" | "text" | "cover";

const TOOLS: readonly (readonly [Tool, MediaKey, SignName])[] = [
  ["crop", "crop", "crop"],
  ["arrow", "arrow", "arrow"],
  ["circle", "circle", "circle"],
  ["text", "text", "text"],
  ["cover", "cover", "cover"],
];
const QUALITY = 0.92;
const NUDGE = 0.02;
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export type EditorProps = {
  readonly t: Tell;
  readonly url: string;
  /** Of what is made. */
  readonly type: "image/jpeg" | "image/png";
  onDone(picture: Blob): void;
  onClose(): void;
};

/** The middle, where a box begins that is moved by keys. */
function middle({ width, height }: HTMLCanvasElement): Span {
  const at = (part: number): Point => ({ x: width * part, y: height * part });
  return { from: at(0.3), to: at(0.7) };
}

/** As large as its place, small pictures too: one has to hit what one means. */
function fit(canvas: HTMLCanvasElement): void {
  const { clientWidth = 0, clientHeight = 0 } = canvas.parentElement ?? {};
  const room = 16;
  const scale = Math.min(
    (clientWidth - room) / canvas.width,
    (clientHeight - room) / canvas.height,
  );
  canvas.style.width = `${Math.round(canvas.width * scale)}px`;
  canvas.style.height = `${Math.round(canvas.height * scale)}px`;
}

function pointIn(canvas: HTMLCanvasElement, event: PointerEvent): Point {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return {
    x: ((event.clientX - left) / width) * canvas.width,
    y: ((event.clientY - top) / height) * canvas.height,
  };
}

function moved({ from, to }: Span, dx: number, dy: number, only_end: boolean): Span {
  const by = ({ x, y }: Point): Point => ({ x: x + dx, y: y + dy });
  return { from: only_end ? from : by(from), to: by(to) };
}

export function Editor({ t, url, type, onDone, onClose }: EditorProps) {
  const [picture, set_picture] = useState<HTMLImageElement | undefined>(undefined);
  const [steps, set_steps] = useState<readonly Step[]>([]);
  const [tool, set_tool] = useState<Tool>("crop");
  const [span, set_span] = useState<Span | undefined>(undefined);
  const [text, set_text] = useState("");
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const drags = useRef(false);
  useEffect(() => void loadPicture(url).then(set_picture, onClose), [url]);
  useLayoutEffect(() => box.current?.querySelector<HTMLElement>("button")?.focus(), [picture]);

  const step_of = (of: Span): Step =>
    tool === "text" ? { does: tool, text, ...of } : { does: tool, ...of };
  useLayoutEffect(() => {
    if (!picture || !canvas.current) {
      return;
    }
    const preview = span && tool !== "crop" ? [...steps, step_of(span)] : steps;
    const shown = drawn(picture, preview);
    const node = canvas.current;
    [node.width, node.height] = [shown.width, shown.height];
    fit(node);
    const paper = node.getContext("2d");
    paper?.drawImage(shown, 0, 0);
    if (paper && span) {
      const { x, y, w, h } = boxOf(span, node.width, node.height);
      if (tool === "crop") {
        paper.fillStyle = "rgb(0 0 0 / 55%)";
        paper.fillRect(0, 0, node.width, node.height);
        paper.drawImage(shown, x, y, w, h, x, y, w, h);
      }
      paper.strokeStyle = "#fff";
      paper.lineWidth = Math.max(2, node.width / 300);
      paper.setLineDash([paper.lineWidth * 4, paper.lineWidth * 3]);
      paper.strokeRect(x, y, w, h);
    }
  }, [picture, steps, span, tool, text]);

  useEffect(() => {
    const again = () => canvas.current && fit(canvas.current);
    window.addEventListener("resize", again);
    return () => window.removeEventListener("resize", again);
  }, []);

  const apply = (of = span) => {
    const node = canvas.current;
    set_span(undefined);
    const wanted = of && (tool !== "text" || text.trim() !== "");
    const far = of && (tool === "text" || !isSlip(boxOf(of, node?.width ?? 0, node?.height ?? 0)));
    const straight = of && tool === "arrow";
    if (wanted && (far || straight)) {
      set_steps((before) => [...before, step_of(of)]);
    }
  };
  const finish = () => {
    const whole = picture && drawn(picture, steps);
    whole?.toBlob((made) => (made ? onDone(made) : onClose()), type, QUALITY);
  };
  const pointer = {
    onPointerDown: (event: PointerEvent & { currentTarget: HTMLCanvasElement }) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      drags.current = true;
      const at = pointIn(event.currentTarget, event);
      set_span({ from: at, to: at });
    },
    onPointerMove: (event: PointerEvent & { currentTarget: HTMLCanvasElement }) => {
      if (drags.current) {
        const at = pointIn(event.currentTarget, event);
        set_span((before) => before && { ...before, to: at });
      }
    },
    onPointerUp: () => {
      drags.current = false;
      // What is cut away is confirmed first, so that the box can be looked at.
      if (tool !== "crop") {
        apply();
      }
    },
  };
  const stage_key = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    const node = canvas.current;
    if (move && node) {
      event.preventDefault();
      const [dx, dy] = [move[0] * NUDGE * node.width, move[1] * NUDGE * node.height];
      set_span((before) => moved(before ?? middle(node), dx, dy, event.shiftKey));
    } else if (event.key === "Enter" && node) {
      event.preventDefault();
      apply(span ?? middle(node));
    }
  };
  const keydown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      if (span) {
        set_span(undefined);
      } else {
        onClose();
      }
    } else if (event.key === "Tab") {
      const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("button,input,canvas")];
      const at = stops.indexOf(document.activeElement as HTMLElement);
      event.preventDefault();
      stops[(at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length]?.focus();
    }
  };
  return (
    <div
      ref={box} class="media-lightbox media-editor" role="dialog" aria-modal="true"
      aria-label={t("editPicture")} data-testid="editor" data-steps={steps.length}
      onKeyDown={keydown}
    >
      <div class="media-bar">
        <SignButton sign="cross" word={t("close")} testid="edit-close" onPress={onClose} />
        <span role="status">{t(TOOLS.find(([each]) => each === tool)?.[1] ?? "crop")}</span>
        <SignButton
          sign="undo" word={t("undo")} testid="edit-undo"
          onPress={() => set_steps((before) => before.slice(0, -1))}
        />
        <button type="button" class="primary" data-testid="edit-done" onClick={finish}>
          {t("done")}
        </button>
      </div>
      <div class="media-stage">
        <canvas
          ref={canvas} tabIndex={0} role="img" aria-label={t("editKeys")} data-testid="edit-stage"
          onKeyDown={stage_key} {...pointer}
        />
      </div>
      <div class="media-edit-tools" role="toolbar" aria-label={t("editPicture")}>
        {TOOLS.map(([each, word, sign]) => (
          <button
            key={each} type="button" class="media-tool" aria-pressed={tool === each}
            aria-label={t(word)} title={t(word)} data-testid={`edit-${each}`}
            onClick={() => {
              set_span(undefined);
              set_tool(each);
            }}
          >
            <Sign name={sign} />
          </button>
        ))}
        <SignButton
          sign="again" word={t("turn")} testid="edit-turn"
          onPress={() => set_steps((before) => [...before, { does: "turn" }])}
        />
        {tool === "text" && (
          <input
            type="text" value={text} maxLength={80} placeholder={t("textHint")}
            aria-label={t("textHint")} data-testid="edit-words"
            onInput={({ currentTarget }) => set_text(currentTarget.value)}
          />
        )}
        {tool === "crop" && span && (
          <button type="button" class="primary" data-testid="edit-apply" onClick={() => apply()}>
            {t("crop")}
          </button>
        )}
      </div>
    </div>
  );
}
