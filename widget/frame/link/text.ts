// The link as it stands in an address (docs/PROTOCOL.md 11.6): the first characters of the shop's
// id, so that a link of another shop is known, and the device's own bytes.
import { fromBase64Url, toBase64Url } from "../../../web/engine/src/text.ts";

const SHOP_CHARS = 6;
const LINK_BYTES = 96;

export type ReadLink = { readonly link: Uint8Array } | "wrong_shop" | "damaged";

export function linkAddress(page: string, shop: string, link: Uint8Array): string {
  const url = new URL(page);
  return `${url.origin}${url.pathname}#shopbell=${shop.slice(0, SHOP_CHARS)}${toBase64Url(link)}`;
}

/** `text` is what stands behind `#shopbell=`. */
export function readLink(text: string, shop: string): ReadLink {
  const link = fromBase64Url(text.slice(SHOP_CHARS), LINK_BYTES);
  if (!link) {
    return "damaged";
  }
  return text.slice(0, SHOP_CHARS) === shop.slice(0, SHOP_CHARS) ? { link } : "wrong_shop";
}
