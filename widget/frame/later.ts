// What a first open does not need: fetched once a conversation has messages, or for an emoji.
import { openFinder as openSearch, type OpenFinder } from "../../web/ui/src/tools/finder.tsx";
import type { BringDrawer, Drawer } from "../../web/ui/src/cards/host.ts";
import { isCardKind } from "../../web/ui/src/cards/kinds.ts";
import type { AttachTools, OpenPicker } from "../../web/ui/src/tools/host.ts";
import { openPicker as openEmoji } from "../../web/ui/src/tools/picker.tsx";
import { attachTools } from "../../web/ui/src/tools/tools.tsx";
import { drawWords } from "../../web/ui/src/tools/words.tsx";
import { bring } from "./files.ts";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__TOOLS_CSS__);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

export const attach: AttachTools = attachTools;
export const openFinder: OpenFinder = openSearch;
export const openPicker: OpenPicker = openEmoji;

type Cards = typeof import("./cards.ts");

const fetchCards = (): Promise<Cards> => bring(__CARDS_URL__);

/** Words at once; cards once there is one, which until then stands there in words. */
export const bringDrawer: BringDrawer = (host, use) => {
  let coming = false;
  const drawer: Drawer = {
    stage: 1,
    of(item, words) {
      if (!coming && item.content && isCardKind(item.kind)) {
        coming = true;
        const take = ({ makeDrawer }: Cards) => use(makeDrawer(host));
        // Where it does not come, as without a network, the next card tries again.
        fetchCards().then(take, () => (coming = false));
      }
      return drawWords(host, item, words);
    },
  };
  use(drawer);
};
