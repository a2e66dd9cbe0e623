// What stands in npm as @shopbell/widget: puts the one script into the page, whatever a framework
// does with the component that asks for it. The types are index.d.ts.
import type { load as Load, Shopbell, ShopbellFunction } from "./index.d.ts";

type Global = Partial<ShopbellFunction> & { loaded?: 1; q?: unknown[][] };
type TrustedTypes = {
  createPolicy(name: string, rules: object): { createScriptURL(url: string): string };
};

const METHODS = [
  "init", "open", "close", "toggle", "show", "hide", "on", "off", "setContext", "prefill",
  "unread", "setLocale", "setTheme", "shutdown", "destroy",
] as const;

const shopbell = Object.fromEntries(
  METHODS.map((method) => [
    method,
    (...rest: unknown[]) => (window.Shopbell as (...call: unknown[]) => unknown)(method, ...rest),
  ]),
) as unknown as Shopbell;

let policy: { createScriptURL(url: string): string } | undefined;

/** A page that wants Trusted Types lists the policy "shopbell". */
function trusted(src: string): string {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy("shopbell", { createScriptURL: (url: string) => url });
  return policy ? policy.createScriptURL(src) : src;
}

function insert(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const calls: unknown[][] = [];
    const queue = Object.assign((...call: unknown[]) => void calls.push(call), { q: calls });
    window.Shopbell ??= queue as unknown as ShopbellFunction;
    const tag = document.createElement("script");
    tag.async = true;
    tag.src = trusted(src);
    tag.addEventListener("load", () => resolve());
    tag.addEventListener("error", () => {
      tag.remove();
      reject(Object.assign(new Error(`Shopbell: ${src} cannot be loaded`), { cause: "blocked" }));
    });
    document.head.append(tag);
  });
}

let last: Promise<unknown> = Promise.resolve();

/**
 * In the order of the calls: what is asked of an earlier promise, as a clean-up that destroys, is
 * done before a later call begins anew.
 */
export const load: typeof Load = (settings) => {
  const next = last.then(async () => {
    if (!(window.Shopbell as Global | undefined)?.loaded) {
      await insert(settings.src);
    }
    await shopbell.init(settings);
    return shopbell;
  });
  last = next.catch(() => undefined);
  return next;
};
