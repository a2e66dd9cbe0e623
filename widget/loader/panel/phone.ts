// On phones the panel is the screen: the page behind stands still, the keyboard does not cover what
// is written, and Back closes the panel.
import type { Listen } from "../core.ts";

const PHONE = "(max-width:480px),(max-height:420px)";

export const onPhone = (): boolean => matchMedia(PHONE).matches;

/** Gives the panel the height that the keyboard leaves; a zoomed page is none of its business. */
export function fitPanel(panel: HTMLElement, listen: Listen): void {
  const view = window.visualViewport;
  const fit = () => {
    const top = view!.scale > 1 ? 0 : view!.offsetTop;
    panel.style.cssText = `--h:${view!.height * view!.scale}px;--t:${top}px`;
  };
  if (view) {
    listen(view, "resize", fit);
    listen(view, "scroll", fit);
  }
}

/** A style sheet, so that nothing of the page's own styles has to be put back. */
export function scrollLock(): (locked: boolean) => void {
  let sheet: CSSStyleSheet;
  return (locked) => {
    if (document.adoptedStyleSheets) {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(`@media ${PHONE}{html{overflow:hidden!important}}`);
      }
      const others = document.adoptedStyleSheets.filter((each) => each !== sheet);
      document.adoptedStyleSheets = locked ? [...others, sheet] : others;
    }
  };
}

/**
 * One entry of the history stands for the open panel. It has the page's own state and address, so
 * that a router finds itself where it was; and what a router has put around pushState is left out.
 */
export function backCloses(listen: Listen, close: () => void): (opened: boolean) => void {
  let ours = false;
  const marked = (state: { shopbell?: 1 } | null) => state && state.shopbell;
  listen(window, "popstate", (event) => {
    if (ours && !marked((event as PopStateEvent).state)) {
      ours = false;
      close();
    }
  });
  return (opened) => {
    if (opened && !marked(history.state)) {
      ours = true;
      History.prototype.pushState.call(history, { ...history.state, shopbell: 1 }, "");
    } else if (!opened && ours && marked(history.state)) {
      history.back();
    }
  };
}
