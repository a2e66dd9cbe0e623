// What a first open does not need: fetched once a conversation has messages, or for an emoji.
import { openFinder as openSearch, type OpenFinder } from "../../web/ui/src/tools/finder.tsx";
import type { AttachTools, OpenPicker } from "../../web/ui/src/tools/host.ts";
import { openPicker as openEmoji } from "../../web/ui/src/tools/picker.tsx";
import { attachTools } from "../../web/ui/src/tools/tools.tsx";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__TOOLS_CSS__);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

export const attach: AttachTools = attachTools;
export const openFinder: OpenFinder = openSearch;
export const openPicker: OpenPicker = openEmoji;
