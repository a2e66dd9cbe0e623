// On phones the keyboard lies over the page, which is not told of it. As a page of its own the
// frame takes the height that is really in view; inside a panel the loader gives it to the panel.
export function followViewport(root: HTMLElement): void {
  const view = window.visualViewport;
  if (!view || window.parent !== window) {
    return;
  }
  const fit = () => {
    // Somebody who has zoomed in sees a part of the page; that is no keyboard.
    const zoomed = view.scale > 1.01;
    root.style.setProperty("--view-height", zoomed ? "" : `${view.height}px`);
    if (!zoomed) {
      window.scrollTo(0, 0);
    }
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
}
