// What a shop puts into its pages, for each place where pages come from.
import { toBase64Url } from "../../engine/src/text.ts";
import type { Overview } from "./admin_state.ts";

/** The loader's own; the tag need not say it. */
const USUAL_ACCENT = "#0f6b66";

export type TagSettings = {
  readonly src: string;
  readonly shop: string;
  /** Where it is not the host that serves the code. */
  readonly relay: string;
  /** Where it is not the usual one. */
  readonly accent: string;
  /** "left", or empty. */
  readonly position: string;
};

export function tagSettings({ shop, assetsUrl, relayUrl, look }: Overview): TagSettings {
  const usual_relay = `${assetsUrl.replace(/^http/, "ws")}/ws`;
  const accent = look.accent.toLowerCase();
  return {
    src: `${assetsUrl}/shopbell.js`,
    shop: toBase64Url(shop),
    relay: relayUrl === usual_relay ? "" : relayUrl,
    accent: accent === USUAL_ACCENT ? "" : accent,
    position: look.position === "left" ? "left" : "",
  };
}

type Entry = readonly [name: string, value: string];

const looks = ({ relay, accent, position }: TagSettings): Entry[] =>
  ([["relay", relay], ["accent", accent], ["position", position]] as const).filter(
    ([, value]) => value !== "",
  );

export function htmlTag(settings: TagSettings): string {
  const { src, shop } = settings;
  const attributes = [["shop", shop], ...looks(settings)].map(
    ([name, value]) => `\n        data-${name}="${value}"`,
  );
  return `<script async src="${src}"${attributes.join("")}></script>`;
}

function fields(settings: TagSettings, indent: string): string {
  const { src, shop } = settings;
  const entries: Entry[] = [["src", src], ["shop", shop], ...looks(settings)];
  return entries.map(([name, value]) => `${indent}${name}: "${value}",\n`).join("");
}

/** Tag managers put a script in without its attributes. */
export function managerTag(settings: TagSettings): string {
  return `<script>
  window.Shopbell = window.Shopbell || function () {
    (Shopbell.q = Shopbell.q || []).push(arguments);
  };
  Shopbell("init", {
${fields(settings, "    ")}  });
  var bell = document.createElement("script");
  bell.async = true;
  bell.src = "${settings.src}";
  document.head.appendChild(bell);
</script>`;
}

export function reactCode(settings: TagSettings): string {
  return `import { useEffect } from "react";
import { load } from "@shopbell/widget";

const settings = {
${fields(settings, "  ")}};

export function Shopbell() {
  useEffect(() => {
    const loading = load(settings);
    return () => {
      loading.then((bell) => bell.destroy());
    };
  }, []);
  return null;
}`;
}

export function vueCode(settings: TagSettings): string {
  return `<script setup>
import { onMounted, onUnmounted } from "vue";
import { load } from "@shopbell/widget";

let loading;
onMounted(() => {
  loading = load({
${fields(settings, "    ")}  });
});
onUnmounted(() => loading.then((bell) => bell.destroy()));
</script>`;
}
