// What the loader says in the frame's fragment; nothing of it is secret.
import { readTheme, type ThemeChoice } from "./host_page.ts";

export type FrameConfig = {
  readonly shop: string;
  readonly relayUrl: string;
  readonly lang: string;
  /** Origin of the page that shows the frame. */
  readonly parent: string;
  readonly theme: ThemeChoice;
  /** Opened as a page of its own: nobody is around it. */
  readonly ownTab: boolean;
  /** The shop's page knows that something was written here before. */
  readonly wrote: boolean;
};

export function readConfig(hash: string): FrameConfig | undefined {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const shop = fields.get("shop") ?? "";
  const relayUrl = fields.get("relay") ?? "";
  if (!/^[\w-]{43}$/.test(shop) || !/^wss?:\/\//.test(relayUrl)) {
    return undefined;
  }
  return {
    shop,
    relayUrl,
    lang: fields.get("lang") ?? "",
    parent: fields.get("parent") ?? "",
    theme: readTheme({ theme: fields.get("theme"), accent: fields.get("accent") }),
    ownTab: fields.get("tab") === "1",
    wrote: fields.get("wrote") === "1",
  };
}

/** The same conversation as a page of its own. */
export function ownTabUrl(href: string): string {
  const url = new URL(href);
  const fields = new URLSearchParams(url.hash.slice(1));
  fields.set("tab", "1");
  url.hash = fields.toString();
  return url.href;
}

/** A domain of the shop card: an origin, a host with port, a host, or `*.host` for all below it. */
function allows(domain: string, origin: URL): boolean {
  if (domain.startsWith("*.")) {
    return origin.hostname.endsWith(domain.slice(1));
  }
  return domain === origin.origin || domain === origin.host || domain === origin.hostname;
}

/** Every page around the frame must stand in the signed card. No domain at all refuses all. */
export function pageAllowed(domains: readonly string[], ancestors: readonly string[]): boolean {
  return ancestors.every((ancestor) => {
    try {
      const origin = new URL(ancestor);
      return domains.some((domain) => allows(domain, origin));
    } catch {
      return false;
    }
  });
}
