// What who only looks at the greeting does not need: fetched at the first sign of use, at once
// where there is more to see. It draws within the frame's own tree: scripts/build_web.mjs lets it
// take from the page's script what stands there already.
import "./main.tsx";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__REST_CSS__);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

export { errorSentence } from "../../web/ui/i18n/errors.ts";
export { FilesPlace } from "../../web/ui/src/files_place.tsx";
export { useFiles } from "./media.ts";
export { Instead } from "./instead.tsx";
export { List } from "./list.tsx";
export { Menu } from "./menu.tsx";
export { About, Messages, Notices } from "./messages.tsx";
export { ringForNews } from "./news.ts";
export { Confirmed, Faces, namesOf } from "./people.tsx";
