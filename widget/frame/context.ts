// Where the customer is, cut so that a message holds it: what does not fit of a cart is left out.
import { encode } from "../../web/engine/src/codec.ts";
import { PageView } from "../../web/engine/src/gen/wire.ts";
import type { Locale } from "../../web/ui/i18n/index.ts";
import { deviceWords, pageViewOf } from "../../web/ui/src/context.ts";
import type { ContextInfo, PageInfo } from "./host_page.ts";

// A message holds 16 KiB.
const VIEW_BYTES_MAX = 12 * 1024;

/** The address that the page gives itself wins over that of its window. */
export function fittingView(
  window_page: PageInfo,
  context: ContextInfo,
  locale: Locale,
  device: string,
): PageView {
  const page = context.page?.url ? context.page : window_page;
  const { product, cart } = context;
  for (let count = cart?.items.length ?? 0; ; count--) {
    const left = cart && count > 0 ? { ...cart, items: cart.items.slice(0, count) } : undefined;
    const view = pageViewOf({ page, product, cart: left }, locale, device);
    if (count <= 0 || encode(PageView, view).length <= VIEW_BYTES_MAX) {
      return view;
    }
  }
}

export function ownDevice(): string {
  return deviceWords(navigator.userAgent, window.screen.width, window.screen.height);
}
