// What the first second of a first open does not need: fetched as soon as there is a composer that
// is connected, at once where there was a conversation before. It draws within the frame's own
// tree: scripts/build_web.mjs lets it take from the page's script what stands there already.
import "./main.tsx";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__REST_CSS__);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

export { errorSentence } from "../../web/ui/i18n/errors.ts";
export { Instead } from "./instead.tsx";
export { List } from "./list.tsx";
export { Menu } from "./menu.tsx";
export { About, Messages, Notices } from "./messages.tsx";
export { ringForNews } from "./news.ts";
export { Confirmed, Faces, namesOf } from "./people.tsx";
