// Cards: fetched once a conversation has one, or the page offers one.
import type { Drawer, CardsHost } from "../../web/ui/src/cards/host.ts";
import { makeDrawer as make } from "../../web/ui/src/cards/drawer.tsx";
import { drawOffer as offer, type DrawOffer } from "../../web/ui/src/cards/offer.tsx";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__CARDS_CSS__);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

export const makeDrawer: (host: CardsHost) => Drawer = make;
export const drawOffer: DrawOffer = offer;
