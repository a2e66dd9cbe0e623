// Pictures, voice, films and files between a customer and the shop, through the real relay: as they
// were sent, and with nothing in them run.
import { findings } from "./axe.ts";
import { expect, inTalk, test } from "./fixtures.ts";
import { frameOf } from "./frame_words.ts";
import {
  digestOf, film, jpeg, pick, PLACE, placed, taken, turned, withDevices,
} from "./pages/files.ts";

test.use({ launchOptions: withDevices });

test("a picture is seen on the other side, the right way up and byte for byte", async ({
  people,
}) => {
  const { visitor, agent } = await inTalk(people);
  const picture = turned(await jpeg(agent.page, 1600, 1200));
  await pick(visitor, [{ name: "zip.jpg", mimeType: "image/jpeg", buffer: picture }]);
  expect(await findings(frameOf(visitor))).toEqual([]);
  await visitor.say("this is how it looks");

  const seen = agent.page.getByTestId("picture");
  await expect(seen).toHaveAttribute("data-here", "true");
  await expect(agent.message("this is how it looks")).toHaveCount(1);
  await expect(visitor.frame.getByTestId("picture")).toHaveAttribute("data-here", "true");
  await expect(visitor.frame.getByTestId("tray")).toHaveCount(0);
  const drawn = await seen.locator("img").last().evaluate((img: HTMLImageElement) => [
    img.naturalWidth, img.naturalHeight, img.clientWidth < img.clientHeight,
  ]);
  expect(drawn).toEqual([1200, 1600, true]);
  // What was its dark left half is above, in the preview too.
  const lights = await seen.locator("img").first().evaluate((img: HTMLImageElement) => {
    const paper = new OffscreenCanvas(2, 2).getContext("2d") as OffscreenCanvasRenderingContext2D;
    paper.drawImage(img, 0, 0, 2, 2);
    const { data } = paper.getImageData(0, 0, 2, 2);
    return [data[0], data[4], data[8], data[12]].map((red = 0) => red > 128);
  });
  expect(lights).toEqual([false, false, true, true]);

  await seen.click();
  const large = agent.page.getByTestId("lightbox");
  await expect(large).toBeVisible();
  expect(await findings(agent.page.mainFrame())).toEqual([]);
  const kept = await taken(agent, large.getByTestId("lightbox-download"));
  expect(kept.name).toBe("zip.jpg");
  expect(digestOf(kept.bytes)).toBe(digestOf(picture));
  await agent.page.keyboard.press("Escape");
  await expect(large).toHaveCount(0);
  await expect(seen).toBeFocused();

  await pick(agent, [
    { name: "new.jpg", mimeType: "image/jpeg", buffer: await jpeg(agent.page, 800, 600) },
  ]);
  await agent.page.getByTestId("console-send").click();
  await expect(visitor.frame.getByTestId("picture")).toHaveCount(2);
  await expect(visitor.frame.getByTestId("picture").last()).toHaveAttribute("data-here", "true");
});

test("where a picture was taken is told only by who wants it told", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  const buffer = placed(await jpeg(agent.page, 400, 300));
  const bare = await jpeg(agent.page, 300, 300);
  await pick(visitor, [
    { name: "a.jpg", mimeType: "image/jpeg", buffer },
    { name: "b.jpg", mimeType: "image/jpeg", buffer },
    { name: "c.jpg", mimeType: "image/jpeg", buffer: bare },
  ]);
  const places = visitor.frame.getByTestId("outgoing-place");
  // The third knows no place, and asks nothing.
  await expect(places).toHaveCount(2);
  await expect(places.nth(0)).not.toBeChecked();
  await places.nth(1).focus();
  await visitor.page.keyboard.press("Space");
  await expect(places.nth(1)).toBeChecked();
  await expect(visitor.frame.getByTestId("tray")).toContainText("That is sent too.");
  expect(await findings(frameOf(visitor))).toEqual([]);
  await visitor.frame.getByTestId("send").click();
  const seen = agent.page.getByTestId("picture");
  await expect(seen).toHaveCount(3);
  const large = agent.page.getByTestId("lightbox");
  const knows: Record<string, boolean> = {};
  for (const at of [0, 1, 2]) {
    await seen.nth(at).click();
    await expect(large.locator("img[data-here=true]")).toBeVisible();
    const kept = await taken(agent, large.getByTestId("lightbox-download"));
    knows[kept.name] = kept.bytes.includes(PLACE);
    expect(kept.bytes.equals(buffer)).toBe(kept.name === "b.jpg");
    await agent.page.keyboard.press("Escape");
  }
  expect(knows).toEqual({ "a.jpg": false, "b.jpg": true, "c.jpg": false });
});

test("a picture can be the first word of all", async ({ people }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  const buffer = await jpeg(visitor.page, 640, 480);
  await pick(visitor, [{ name: "first.jpg", mimeType: "image/jpeg", buffer }]);
  await visitor.frame.getByTestId("send").click();
  await expect(visitor.frame.getByTestId("picture")).toHaveAttribute("data-here", "true");
  const agent = await people.agent("Lin", "en");
  await expect(agent.rows.first()).toContainText("Picture");
  await agent.openFirst();
  await expect(agent.page.getByTestId("picture")).toHaveAttribute("data-here", "true");
});

test("a film plays on the other side, and all that was sent is found again", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  await pick(visitor, [
    { name: "zip.webm", mimeType: "video/webm", buffer: await film(agent.page, 1) },
    { name: "a.jpg", mimeType: "image/jpeg", buffer: await jpeg(agent.page, 400, 300) },
  ]);
  await visitor.frame.getByTestId("send").click();
  await agent.page.getByTestId("film").click();
  const playing = agent.page.getByTestId("playing");
  await expect
    .poll(() => playing.evaluate((node: HTMLVideoElement) => node.videoWidth))
    .toBe(320);

  await visitor.frame.getByTestId("menu").click();
  await visitor.frame.getByTestId("gallery-open").click();
  await expect(visitor.frame.getByTestId("gallery")).toHaveAttribute("data-busy", "false");
  await expect(visitor.frame.getByTestId("gallery-file")).toHaveCount(1);
  expect(await findings(frameOf(visitor))).toEqual([]);
  await visitor.frame.getByTestId("gallery-picture").click();
  await expect(visitor.frame.getByTestId("lightbox")).toBeVisible();
});

test("what is cut away from a picture is in none of its bytes", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  const buffer = await jpeg(agent.page, 800, 600);
  await pick(visitor, [{ name: "card.jpg", mimeType: "image/jpeg", buffer }]);
  await visitor.frame.getByTestId("outgoing-edit").click();
  const stage = visitor.frame.getByTestId("edit-stage");
  await expect(visitor.frame.getByTestId("editor")).toBeVisible();
  await expect.poll(async () => (await stage.boundingBox())?.width ?? 0).toBeGreaterThan(200);
  expect(await findings(frameOf(visitor))).toEqual([]);
  const { x, y, width, height } = (await stage.boundingBox()) as NonNullable<
    Awaited<ReturnType<typeof stage.boundingBox>>
  >;
  const { mouse } = visitor.page;
  await mouse.move(x + 2, y + 2);
  await mouse.down();
  await mouse.move(x + width * 0.45, y + height - 2, { steps: 4 });
  await mouse.up();
  await visitor.frame.getByTestId("edit-apply").click();
  await visitor.frame.getByTestId("edit-done").click();
  await expect(visitor.frame.locator("[data-testid=outgoing][data-state=ready]")).toHaveCount(1);
  await visitor.frame.getByTestId("send").click();
  const seen = agent.page.getByTestId("picture");
  await expect(seen).toHaveAttribute("data-here", "true");
  const brightest = await seen.locator("img").last().evaluate((img: HTMLImageElement) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
    const paper = canvas.getContext("2d") as CanvasRenderingContext2D;
    paper.drawImage(img, 0, 0);
    const { data } = paper.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((most, dot, at) => (at % 4 ? most : Math.max(most, dot)), 0);
  });
  expect(brightest).toBeLessThan(0x60);
});

test("files keep their bytes; what could harm is named and never run", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  const pdf = Buffer.from(`%PDF-1.7\n${"words ".repeat(40_000)}`);
  const drawing = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>";
  const alerts: string[] = [];
  agent.page.on("dialog", (dialog) => alerts.push(dialog.message()));
  await pick(visitor, [
    { name: "order\u202efdp.pdf", mimeType: "application/pdf", buffer: pdf },
    { name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from(drawing) },
    { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from("MZ\u0090\u0000program") },
  ]);
  await visitor.frame.getByTestId("send").click();
  const files = agent.page.getByTestId("file");
  await expect(files).toHaveCount(3);
  const order = files.filter({ hasText: "orderfdp.pdf" });
  const kept = await taken(agent, order.getByTestId("download"));
  expect(kept.name).toBe("orderfdp.pdf");
  expect(digestOf(kept.bytes)).toBe(digestOf(pdf));
  const svg = files.filter({ hasText: "logo.svg" });
  await svg.getByTestId("download").click();
  await expect(agent.page.getByTestId("file-warning").first()).toContainText("can run a program");
  expect(alerts).toEqual([]);
});

test("many files are dropped at once, and one is taken back", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  await frameOf(visitor).evaluate(() => {
    const carried = new DataTransfer();
    for (const name of ["a.txt", "b.txt"]) {
      carried.items.add(new File([name], name, { type: "text/plain" }));
    }
    for (const type of ["dragover", "drop"]) {
      const event = new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }
  });
  const waiting = visitor.frame.getByTestId("outgoing");
  await expect(waiting).toHaveCount(2);
  await waiting.filter({ hasText: "a.txt" }).getByTestId("outgoing-remove").click();
  await expect(waiting).toHaveCount(1);
  await visitor.frame.getByTestId("send").click();
  await expect(agent.page.getByTestId("file")).toHaveText(/b\.txt/);
});

test("what is said is heard on the other side", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  await visitor.page.context().grantPermissions(["microphone"]);
  await visitor.frame.getByTestId("voice").focus();
  await visitor.frame.getByTestId("voice").press("Enter");
  const line = visitor.frame.getByTestId("recording");
  await expect(line.getByRole("timer")).toHaveText("0:01");
  expect(await findings(frameOf(visitor))).toEqual([]);
  await line.getByTestId("voice-send").click();
  const heard = agent.page.locator("div[data-testid=voice]");
  await expect(heard).toHaveCount(1);
  expect(await heard.locator("i").count()).toBeGreaterThan(4);
  await heard.getByTestId("voice-play").click();
  await expect(heard).toHaveAttribute("data-plays", "true");
  await heard.getByTestId("voice-speed").click();
  await expect(heard.getByTestId("voice-speed")).toHaveText("1.5\u00d7");
});

test("a microphone that is refused says what to change", async ({ people }) => {
  const { visitor } = await inTalk(people);
  await visitor.frame.getByTestId("voice").focus();
  await visitor.frame.getByTestId("voice").press("Enter");
  await expect(visitor.frame.getByRole("alert")).toContainText(/microphone/i);
});
