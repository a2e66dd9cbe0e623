// What is done to a picture before it is sent, as steps from the picture as it was: any of them can
// be taken back, and what is covered or cut away is in none of the bytes that leave.

export type Point = { readonly x: number; readonly y: number };
/** From where to where, in dots of the picture as it is at that step. */
export type Span = { readonly from: Point; readonly to: Point };

export type Step =
  | { readonly does: "turn" }
  | ({ readonly does: "crop" | "arrow" | "circle" | "cover" } & Span)
  | ({ readonly does: "text"; readonly text: string } & Span);

const INK = "#d92d20";
const EDGE = "#ffffff";
/** Cells along the longer side of what is covered: too few to guess what was there. */
const CELLS = 8;
const LEAST_PX = 8;

type Box = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };

export function boxOf({ from, to }: Span, width: number, height: number): Box {
  const side = (one: number, other: number, max: number): [number, number] => {
    const low = Math.min(max, Math.max(0, Math.round(Math.min(one, other))));
    const high = Math.min(max, Math.max(0, Math.round(Math.max(one, other))));
    return [low, high - low];
  };
  const [x, w] = side(from.x, to.x, width);
  const [y, h] = side(from.y, to.y, height);
  return { x, y, w, h };
}

/** Too small to be meant. */
export const isSlip = (box: Box): boolean => box.w < LEAST_PX || box.h < LEAST_PX;

function sheet(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  return [canvas, canvas.getContext("2d") as CanvasRenderingContext2D];
}

function turn(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const [turned, paper] = sheet(canvas.height, canvas.width);
  paper.translate(turned.width, 0);
  paper.rotate(Math.PI / 2);
  paper.drawImage(canvas, 0, 0);
  return turned;
}

function crop(canvas: HTMLCanvasElement, { x, y, w, h }: Box): HTMLCanvasElement {
  const [cut, paper] = sheet(w, h);
  paper.drawImage(canvas, x, y, w, h, 0, 0, w, h);
  return cut;
}

/** Each cell becomes one colour; of what was inside nothing else is left. */
function cover(canvas: HTMLCanvasElement, { x, y, w, h }: Box): void {
  const cell = Math.max(w, h) / CELLS;
  const count = (length: number) => Math.max(1, Math.round(length / cell));
  const [cells, small] = sheet(count(w), count(h));
  small.imageSmoothingQuality = "high";
  small.drawImage(canvas, x, y, w, h, 0, 0, cells.width, cells.height);
  const paper = canvas.getContext("2d") as CanvasRenderingContext2D;
  paper.imageSmoothingEnabled = false;
  paper.drawImage(cells, 0, 0, cells.width, cells.height, x, y, w, h);
  paper.imageSmoothingEnabled = true;
}

const widthOf = (canvas: HTMLCanvasElement): number =>
  Math.max(3, Math.max(canvas.width, canvas.height) / 140);

/** In ink, with an edge that keeps it apart from any ground. */
function inked(canvas: HTMLCanvasElement, path: Path2D): void {
  const paper = canvas.getContext("2d") as CanvasRenderingContext2D;
  const width = widthOf(canvas);
  [paper.lineCap, paper.lineJoin] = ["round", "round"];
  for (const [colour, more] of [[EDGE, 1.9], [INK, 1]] as const) {
    paper.strokeStyle = colour;
    paper.lineWidth = width * more;
    paper.stroke(path);
  }
}

function arrow(canvas: HTMLCanvasElement, { from, to }: Span): void {
  const path = new Path2D();
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const head = widthOf(canvas) * 5;
  path.moveTo(from.x, from.y);
  path.lineTo(to.x, to.y);
  for (const side of [-1, 1]) {
    const away = angle + side * (Math.PI * 0.83);
    path.moveTo(to.x, to.y);
    path.lineTo(to.x + head * Math.cos(away), to.y + head * Math.sin(away));
  }
  inked(canvas, path);
}

function circle(canvas: HTMLCanvasElement, { x, y, w, h }: Box): void {
  const path = new Path2D();
  path.ellipse(x + w / 2, y + h / 2, w / 2, h / 2, 0, 0, Math.PI * 2);
  inked(canvas, path);
}

function write(canvas: HTMLCanvasElement, { from }: Span, text: string): void {
  const paper = canvas.getContext("2d") as CanvasRenderingContext2D;
  const size = Math.max(14, Math.max(canvas.width, canvas.height) / 22);
  paper.font = `600 ${size}px system-ui, sans-serif`;
  paper.textBaseline = "top";
  paper.lineJoin = "round";
  paper.strokeStyle = EDGE;
  paper.lineWidth = size / 5;
  paper.strokeText(text, from.x, from.y);
  paper.fillStyle = INK;
  paper.fillText(text, from.x, from.y);
}

function done(canvas: HTMLCanvasElement, step: Step): HTMLCanvasElement {
  if (step.does === "turn") {
    return turn(canvas);
  }
  const box = boxOf(step, canvas.width, canvas.height);
  switch (step.does) {
    case "crop":
      return crop(canvas, box);
    case "cover":
      cover(canvas, box);
      break;
    case "arrow":
      arrow(canvas, step);
      break;
    case "circle":
      circle(canvas, box);
      break;
    case "text":
      write(canvas, step, step.text);
      break;
  }
  return canvas;
}

/** The picture after all steps. */
export function drawn(picture: HTMLImageElement, steps: readonly Step[]): HTMLCanvasElement {
  const [canvas, paper] = sheet(picture.naturalWidth, picture.naturalHeight);
  paper.drawImage(picture, 0, 0);
  return steps.reduce(done, canvas);
}
