// What axe-core finds in a page or in a frame. Its source is evaluated by the browser's debugger,
// past every content policy.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame, Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** One line for each node: rule, place, reason. */
export async function findings(target: Page | Frame, within = "html"): Promise<string[]> {
  if (!(await target.evaluate(() => "axe" in window))) {
    await target.evaluate(source);
  }
  const run = `axe.run(${JSON.stringify(within)}, { iframes: false, resultTypes: ["violations"],
    runOnly: { type: "tag", values: ${JSON.stringify(TAGS)} } })`;
  const { violations } = (await target.evaluate(run)) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary ?? ""}`),
  );
}

/** As many findings as there are in the given modes together; the page must follow the system. */
export async function findingsInModes(page: Page, target: Page | Frame = page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await target.waitForFunction(
      (mode) => document.documentElement.dataset["theme"] === mode,
      colorScheme,
    );
    await target.evaluate(async () => {
      const ending = (each: Animation) => each.effect?.getTiming().iterations === 1;
      const moving = document.getAnimations().filter(ending);
      await Promise.allSettled(moving.map((each) => each.finished));
    });
    found.push(...(await findings(target)).map((each) => `${colorScheme}: ${each}`));
  }
  return found;
}
