// Relay and desk as two programs on two sites, the shop on a third: the relay only passes on.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { playScene } from "./scene.ts";
import { expect, test } from "./split_fixtures.ts";
import { shopbell, webFiles } from "./split_program.ts";
import { ShopSite, StaticHost } from "./split_sites.ts";

test("the bell rings on three sites", async ({ shop, browser }) => {
  const sites = [shop.site.origin, shop.deskOrigin, shop.relayOrigin].map((each) => new URL(each));
  expect(sites.map((each) => each.hostname)).toEqual(["127.0.0.1", "localhost", "127.0.0.2"]);
  const loaded: string[] = [];
  await playScene(
    {
      ...shop.stage(browser),
      visitor: async (language) => {
        const visitor = await shop.stage(browser).visitor(language);
        visitor.page.on("request", (request) => loaded.push(new URL(request.url()).origin));
        return visitor;
      },
    },
    "zh-CN",
  );
  expect(new Set(loaded)).toEqual(new Set([shop.site.origin, shop.deskOrigin]));
});

test("the relay serves no code", async ({ shop, request }) => {
  const { files } = JSON.parse(await readFile(join(webFiles, "manifest.json"), "utf8")) as {
    files: { path: string }[];
  };
  const paths = ["", "widget/", "console/", "ws", ...files.map((file) => file.path)];
  for (const path of paths) {
    const answer = await request.get(`${shop.relayOrigin}/${path}`);
    expect(answer.status(), path).toBe(404);
    expect((await answer.body()).length, path).toBeLessThan(100);
  }
  // The same paths do lead to code where it is served.
  const code = files.filter(({ path }) => !path.startsWith("demo/"));
  for (const { path } of code) {
    expect((await request.get(`${shop.deskOrigin}/${path}`)).status(), path).toBe(200);
  }
  const ready = await request.get(`${shop.relayOrigin}/readyz`);
  expect(await ready.text()).toBe("ready\n");
});

test("web files on the shop's own space suffice, with the headers written beside them", async ({
  shop,
  folder,
  browser,
}) => {
  const written = join(folder, "space");
  await shopbell("assets", written, "--data", shop.deskFolder, "--assets", webFiles);
  const space = await StaticHost.start(written);
  const tag = shop.tag(space.origin);
  const stage = shop.stage(browser, (lang) => shop.site.add("/own-space", lang, "Tote", tag));
  const visitor = await stage.visitor("en");
  const refused: string[] = [];
  visitor.page.on("console", (line) => line.type() === "error" && refused.push(line.text()));
  await visitor.ring();
  await visitor.say("Is the tote lined?");
  const said = expect(visitor.message("Is the tote lined?"));
  await said.toHaveAttribute("data-state", "delivered");
  const frame = visitor.page.frames().find((each) => each.url().startsWith(space.origin));
  expect(frame?.url()).toContain("/widget/frame.html");
  expect(refused).toEqual([]);

  // The written headers let no other site show it.
  const stranger = await ShopSite.start();
  const page = await visitor.page.context().newPage();
  const framed = `<iframe src="${space.origin}/widget/frame.html"></iframe>`;
  await page.goto(stranger.add("/", "en", "Stranger", framed));
  await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
  await stranger.stop();
  await space.stop();
});
