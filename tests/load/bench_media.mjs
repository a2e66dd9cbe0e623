// Rows of pictures and films as people meet them: how soon a photo that was chosen is seen above
// the composer, how soon it is seen on the other side, how soon a film moves that is not here yet.
// Times are taken inside the pages, on the machine's one clock.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { open_profile } from "./bench_chromium.mjs";
import { new_directory, start_demo } from "./bench_server.mjs";

const root = new URL("../..", import.meta.url).pathname;
const PHOTO = { width: 4000, height: 3000 };
const FILM_S = 600;

// In every document: when what was done, and when what came of it could be seen.
function watch() {
  const at = {};
  globalThis.at = at;
  const note = (name) => (at[name] = performance.timeOrigin + performance.now());
  const on = (type, take) => document.addEventListener(type, take, true);
  const within = ({ target }, selector) => target.closest?.(selector);
  on("change", (event) => within(event, "input[type=file]") && note("chosen"));
  on("click", (event) => {
    if (within(event, "[data-testid=send]")) note("sent");
    if (within(event, "[data-testid=film]")) note("pressed");
  });
  on("load", (event) => {
    if (within(event, "[data-testid=tray]")) note("thumb");
    if (!within(event, "[data-testid=picture]")) return;
    note(event.target.matches(".media-small") ? "preview" : "whole");
  });
  on("loadeddata", ({ target }) => {
    note("frame");
    at.here = target.buffered.length ? target.buffered.end(0) / target.duration : 0;
  });
}

/** What the scenes of tests/e2e make their files with. */
async function makers() {
  const folder = join(root, "build/bench");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "files.mjs");
  await build({
    entryPoints: [join(root, "tests/e2e/pages/files.ts")], outfile, bundle: true,
    packages: "external", platform: "node", format: "esm", logLevel: "warning",
  });
  return import(pathToFileURL(outfile));
}

/** As a phone takes it: no two places alike, so that it is megabytes. */
async function photo(page) {
  const packed = await page.evaluate(async ({ width, height }) => {
    const canvas = new OffscreenCanvas(width, height);
    const paper = canvas.getContext("2d");
    for (let at = 0; at < 40_000; at++) {
      paper.fillStyle = `hsl(${(at * 137) % 360} 50% ${20 + ((at * 61) % 60)}%)`;
      const [x, y] = [(at * 7919) % width, (at * 104_729) % height];
      paper.fillRect(x, y, 20 + (at % 90), 20 + (at % 70));
    }
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    const reader = new FileReader();
    reader.readAsDataURL(blob);
    await new Promise((resolve) => (reader.onload = resolve));
    return reader.result.split(",")[1];
  }, PHOTO);
  return Buffer.from(packed, "base64");
}

const told = (where) => where.evaluate(() => globalThis.at);

/** A visitor and an agent in one conversation. */
async function two(server, people) {
  await Promise.all(people.map((person) => person.addInitScript(watch)));
  const [visitor, agent] = await Promise.all(people.map((person) => person.newPage()));
  await visitor.goto(server.shops);
  await visitor.getByTestId("bubble").click();
  const words = visitor.frameLocator("[data-testid=frame]");
  await words.locator("[data-testid=status][data-status=online]").waitFor({ state: "attached" });
  await words.getByTestId("composer").fill("first");
  await visitor.keyboard.press("Enter");
  await agent.goto(server.console);
  await agent.getByTestId("name").fill("Lin");
  await agent.getByTestId("join").click();
  await agent.getByTestId("inbox-row").first().click();
  await agent.getByTestId("message").filter({ hasText: "first" }).waitFor();
  return { visitor, agent, words };
}

async function send_photo({ visitor, agent, words }, path, round) {
  const asked = visitor.waitForEvent("filechooser");
  await words.getByTestId("attach").click();
  await (await asked).setFiles(path);
  await words.getByTestId("tray").locator("img").waitFor();
  const frame = visitor.frames().find((each) => each.url().includes("/widget/frame"));
  await frame.waitForFunction(() => globalThis.at.thumb > globalThis.at.chosen);
  await words.getByTestId("send").click();
  const here = agent.locator("[data-testid=picture][data-here=true]");
  await here.nth(round).waitFor();
  await agent.waitForFunction((sent) => globalThis.at.whole > sent, (await told(frame)).sent);
  const [ours, theirs] = [await told(frame), await told(agent)];
  return {
    thumb: ours.thumb - ours.chosen,
    preview: theirs.preview - ours.sent,
    whole: theirs.whole - ours.sent,
  };
}

async function play_film({ visitor, agent, words }, path) {
  const asked = visitor.waitForEvent("filechooser");
  await words.getByTestId("attach").click();
  await (await asked).setFiles(path);
  await words.getByTestId("send").click();
  const covers = agent.getByTestId("film");
  await covers.first().waitFor();
  await covers.first().click();
  await agent.waitForFunction(() => globalThis.at.frame > globalThis.at.pressed);
  const { pressed, frame, here } = await told(agent);
  return { frame: frame - pressed, here };
}

/** ms of each photo and each film, in the order in which they were sent. */
export async function measure_media(photos, films) {
  const { film } = await makers();
  const server = await start_demo();
  const people = [await open_profile("visitor"), await open_profile("agent")];
  try {
    const both = await two(server, people);
    const folder = new_directory("media");
    mkdirSync(folder);
    const [picture, moving] = [join(folder, "photo.jpg"), join(folder, "film.webm")];
    writeFileSync(picture, await photo(both.agent));
    writeFileSync(moving, await film(both.agent, FILM_S));
    const found = { photos: [], films: [] };
    for (let round = 0; round < photos; round++) {
      found.photos.push(await send_photo(both, picture, round));
    }
    for (let round = 0; round < films; round++) {
      found.films.push(await play_film(both, moving));
    }
    return found;
  } finally {
    await Promise.all(people.map((person) => person.close()));
    await server.stop();
  }
}
