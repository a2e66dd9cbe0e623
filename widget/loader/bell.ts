// The bubble and the note, in a shadow root outside of body: there they outlive pages that put
// another body in. Without markup from strings and style attributes: strict policies allow this.
import type { Note } from "./core.ts";
import { wordsOf } from "./i18n/words.ts";
import { lookOf } from "./look.ts";
import { make, makeSvg } from "./make.ts";
import type { Settings } from "./settings.ts";

export function drawBell(settings: Settings, lang: () => string) {
  const host = make("div", { id: "shopbell" });
  // A browser without shadow roots gets bubble and note as plain as they are.
  const root = host.attachShadow ? host.attachShadow({ mode: "open" }) : host;
  const bubble = make("button", { className: "b" });
  const bell = makeSvg("svg", "viewBox", "0 0 24 24");
  const sheet = document.adoptedStyleSheets ? new CSSStyleSheet() : make("style", {});
  if ("replaceSync" in sheet) {
    (root as ShadowRoot).adoptedStyleSheets = [sheet];
  } else {
    root.append(sheet);
  }
  bubble.dataset.testid = "bubble";
  bubble.setAttribute("aria-expanded", "false");
  bell.append(makeSvg("path", "d", "M3.5 18.5h17M5 15.5a7 7 0 0 1 14 0zM12 8.5V6m-2 0h4"));
  bubble.append(bell);
  root.append(bubble);

  return {
    host,
    root,
    bubble,
    name(more: string): void {
      bubble.setAttribute("aria-label", wordsOf(lang())[0] + more);
    },
    dress(): void {
      const text = lookOf(settings) + __LOADER_CSS__;
      if ("replaceSync" in sheet) {
        sheet.replaceSync(text);
      } else {
        sheet.textContent = text;
      }
    },
    /** What stood there before. */
    note(given?: Note): Element | null {
      const inside = document.activeElement === host;
      const before = root.querySelector(".n");
      before?.remove();
      if (given) {
        const [, failed, retry, other_ways] = wordsOf(lang());
        const { sentence = failed, ...action } = { textContent: retry, ...given, className: "k" };
        const act = make(action.href ? "a" : "button", action);
        const ways = (settings.fallback || "").match(/\b(mailto|tel|https):\S+/g) || [];
        // Words run as their language does, and do not turn the side on which the note stands.
        const words = make("div", { dir: "auto" });
        const note = make("div", { className: "n" });
        note.dataset.testid = "note";
        note.setAttribute("role", "alert");
        words.append(sentence, act);
        ways.forEach((href, index) => {
          // The mark keeps the plus of a telephone number on its left.
          const textContent = "\u200e" + href.replace(/^\w+:(\/\/)?|\?.*/g, "");
          words.append(index ? "" : other_ways, make("a", { href, textContent }));
        });
        note.append(words);
        root.append(note);
        if (inside) {
          act.focus();
        }
      }
      return before;
    },
  };
}
