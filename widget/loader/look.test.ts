import assert from "node:assert/strict";
import { test } from "node:test";
import { inkOn } from "./look.ts";

/** As WCAG defines it. */
const linear = (part: number): number =>
  part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;

test("black or white on any colour has a contrast of 4.5 at least", () => {
  const parts = Array.from({ length: 256 }, (_, value) => linear(value / 255));
  const luminance = (rgb: number) =>
    0.2126 * parts[rgb >> 16]! + 0.7152 * parts[(rgb >> 8) & 255]! + 0.0722 * parts[rgb & 255]!;
  let worst = 21;
  // Every green, which weighs most, with every fifth red and blue, the outermost ones among them.
  for (let red = 0; red < 256; red += 5) {
    for (let green = 0; green < 256; green++) {
      for (let blue = 0; blue < 256; blue += 5) {
        const rgb = (red << 16) | (green << 8) | blue;
        const light = luminance(rgb);
        const white = inkOn(`#${rgb.toString(16).padStart(6, "0")}`) === "#fff";
        worst = Math.min(worst, white ? 1.05 / (light + 0.05) : (light + 0.05) / 0.05);
      }
    }
  }
  assert.ok(worst >= 4.5, `the worst is ${worst}`);
});
