// What a shop may choose, by data-* of the script tag or by Shopbell("init", {...}).
export type Settings = {
  /** The shop's public key as `shopbell init` prints it. */
  shop: string;
  /** Address of shopbell.js; frame and relay stand beside it unless they are named. */
  src: string;
  relay?: string;
  lang?: string;
  /** #rrggbb */
  accent?: string;
  theme?: string;
  position?: string;
  offsetX?: number | string;
  offsetY?: number | string;
  zIndex?: number | string;
  /** CSS selector of the shop's own button; then there is no bubble. */
  launcher?: string;
  /** mailto:, tel: and https: addresses, separated by spaces. */
  fallback?: string;
};

/** As a module, or put in by a tag manager, the loader is nobody's current script. */
export function settingsOfTag(): Partial<Settings> {
  const current = document.currentScript as HTMLScriptElement | null;
  const tag = current?.src
    ? current
    : document.querySelector<HTMLScriptElement>("script[src*='shopbell.js']");
  return tag ? { ...tag.dataset, src: tag.src } : {};
}
