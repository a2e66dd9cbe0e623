// Enter sends, but an Enter that ends a composition of an input method never does. Browsers differ
// in the order: Chromium and Firefox say keydown (isComposing, 229) and then compositionend; Safari
// says compositionend first and then keydown, with keyCode 229 or, in some versions, 13.
const SAME_PRESS_MS = 50;

export type EnterKey = {
  readonly key: string;
  readonly keyCode: number;
  readonly isComposing: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly timeStamp: number;
};

export class CompositionGuard {
  private composing = false;
  private ended_ms = Number.NEGATIVE_INFINITY;

  started(): void {
    this.composing = true;
  }

  ended(timeStamp: number): void {
    this.composing = false;
    this.ended_ms = timeStamp;
  }

  /** A key was let go: the press that ended a composition is over. */
  released(): void {
    this.ended_ms = Number.NEGATIVE_INFINITY;
  }

  sends(event: EnterKey): boolean {
    const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key !== "Enter" || !plain || event.isComposing || event.keyCode === 229) {
      return false;
    }
    return !this.composing && event.timeStamp - this.ended_ms >= SAME_PRESS_MS;
  }
}
