// Any colour of any shop: words can be read on it and in it, controls can be seen, in both modes.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { hueOf, initialOf, pictureUrl } from "../../web/ui/src/avatar.tsx";
import { contrast, parseHex, toHex, toOklch, toRgb, type Rgb } from "../../web/ui/src/colour.ts";
import { accentColours, applyTheme, grounds, type Mode } from "../../web/ui/src/theme.ts";

const rgb = (hex: string): Rgb => {
  const parsed = parseHex(hex);
  assert.ok(parsed, hex);
  return parsed;
};
const ratio = (one: string, other: string): number => contrast(rgb(one), rgb(other));

/** 9 x 9 x 9 colours of the whole cube, greys and corners among them. */
function* grid(): Generator<string> {
  const steps = [0, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0, 0xff];
  for (const r of steps) {
    for (const g of steps) {
      for (const b of steps) {
        yield toHex([r / 255, g / 255, b / 255]);
      }
    }
  }
}

for (const mode of ["light", "dark"] as const) {
  test(`729 accents keep their contrasts (${mode})`, () => {
    for (const accent of grid()) {
      const colours = accentColours(accent, mode);
      assert.ok(colours, accent);
      const on = ratio(colours.onAccent, colours.accent);
      assert.ok(on >= 4.5, `${accent}: words on ${colours.accent} have ${on.toFixed(2)}`);
      for (const paper of grounds[mode].papers) {
        const words = ratio(colours.accentInk, paper);
        assert.ok(words >= 4.5, `${accent}: words on ${paper} have ${words.toFixed(2)}`);
        const edge = ratio(colours.accentEdge, paper);
        assert.ok(edge >= 3, `${accent}: edge on ${paper} has ${edge.toFixed(2)}`);
      }
      assert.ok(!Object.values(colours).includes("#000000"), `${accent}: pure black`);
    }
  });
}

test("a colour on which words can be read stays as the shop gave it", () => {
  for (const accent of ["#0f6b66", "#7a1fa2", "#ffd400", "#c2185b"]) {
    assert.equal(accentColours(accent, "light")?.accent, accent);
  }
  assert.equal(accentColours("#ffd400", "light")?.onAccent !== "#ffffff", true);
  assert.equal(accentColours("#c2185b", "light")?.onAccent, "#ffffff");
});

test("what is no colour changes nothing", () => {
  for (const text of ["", "red", "#12", "#1234567", "url(x)", "#12345g"]) {
    assert.equal(accentColours(text, "light"), undefined, text);
  }
  assert.deepEqual(accentColours("#0a8", "light"), accentColours("#00aa88", "light"));
});

test("the papers of the computation are those of the style sheet", () => {
  const [light = "", dark = ""] = readFileSync("web/ui/tokens.css", "utf8").split(
    '[data-theme="dark"] {',
  );
  for (const [mode, css] of [["light", light], ["dark", dark]] as [Mode, string][]) {
    const papers = ["paper", "surface", "raised"].map(
      (name) => css.match(new RegExp(`--${name}: (#\\w{6})`))?.[1],
    );
    assert.deepEqual(new Set(papers), new Set(grounds[mode].papers), mode);
  }
});

test("a colour survives the way through OKLCH", () => {
  for (const accent of grid()) {
    assert.equal(toHex(toRgb(toOklch(rgb(accent)))), accent);
  }
});

function hsl(h: number, s: number, l: number): Rgb {
  const part = (n: number) => {
    const k = (n + h / 30) % 12;
    return l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [part(0), part(8), part(4)];
}

test("initials can be read on every tint, in both modes", () => {
  const css = readFileSync("web/ui/conversation.css", "utf8");
  const pairs = [...css.matchAll(
    /background: hsl\(var\(--hue\) (\d+)% (\d+)%\);\s+color: hsl\(var\(--hue\) (\d+)% (\d+)%\)/g,
  )].map((match) => match.slice(1).map((part) => Number(part) / 100));
  assert.equal(pairs.length, 2);
  for (const [s1 = 0, l1 = 0, s2 = 0, l2 = 0] of pairs) {
    for (let hue = 0; hue < 360; hue += 5) {
      assert.ok(contrast(hsl(hue, s1, l1), hsl(hue, s2, l2)) >= 4.5, `hue ${hue}`);
    }
  }
});

test("a face is a picture of a known kind, or one sign of the name", () => {
  assert.deepEqual(["小林", "lin wu", "أحمد", "", " "].map(initialOf), ["林", "L", "أ", "", ""]);
  assert.equal(hueOf("Lin"), hueOf("Lin"));
  const picture = new Uint8Array([0xff, 0xd8, 0xff, 1]);
  assert.equal(pictureUrl(picture), "data:image/jpeg;base64,/9j/AQ==");
  const script = new TextEncoder().encode("<svg onload=alert(1)>");
  assert.equal(pictureUrl(script), undefined);
});

class FakeRoot {
  readonly dataset: Record<string, string> = {};
  readonly written = new Map<string, string>();
  readonly style = {
    setProperty: (name: string, value: string) => void this.written.set(name, value),
  };
}

test("a look follows the system until a mode is chosen, and the accent goes with the mode", () => {
  const system = Object.assign(new EventTarget(), { matches: false });
  Object.assign(globalThis, { window: { matchMedia: () => system } });
  const fake = new FakeRoot();
  const root = fake as unknown as HTMLElement;
  const turn = (dark: boolean) => {
    system.matches = dark;
    system.dispatchEvent(new Event("change"));
  };
  applyTheme(root, { theme: "auto", accent: "#0f6b66" });
  assert.equal(fake.dataset["theme"], "light");
  const ink = fake.written.get("--accent-ink");
  turn(true);
  assert.equal(fake.dataset["theme"], "dark");
  assert.notEqual(fake.written.get("--accent-ink"), ink);
  applyTheme(root, { theme: "light", accent: "" });
  turn(true);
  assert.equal(fake.dataset["theme"], "light");
  assert.equal(fake.written.get("--accent"), "", "the style sheet's own colour");
});

test("styles name sides by reading direction, so that Arabic mirrors them", () => {
  const folders = ["web/ui", "widget/frame", "web/console"];
  const sheets = folders.flatMap((folder) =>
    readdirSync(folder).filter((name) => name.endsWith(".css")).map((name) => `${folder}/${name}`),
  );
  assert.ok(sheets.length >= 4);
  const one_sided = /(^|[\s-])(left|right)\s*:|-(left|right)-\w+:|(text-align|float): (left|right)/;
  const four_sided = /(?:padding|margin|inset): (\S+) (\S+) (\S+) (\S+);/;
  for (const sheet of sheets) {
    readFileSync(sheet, "utf8").split("\n").forEach((line, index) => {
      const [, , right, , left] = four_sided.exec(line) ?? [];
      const lopsided = right !== left && !line.includes("safe-area");
      assert.ok(!one_sided.test(line) && !lopsided, `${sheet}:${index + 1}: ${line.trim()}`);
    });
  }
});
