// Scene 1 of the mission as far as it goes today: a broken zip, shown by a photo, a film of ten
// seconds and the customer's own voice, answered by the shop. In two languages.
import { expect, test } from "./fixtures.ts";
import {
  digestOf, film, jpeg, PLACE, pdf, pick, placed, taken, within, withDevices,
} from "./pages/files.ts";

test.use({ launchOptions: withDevices });

const scenes = {
  "zh-CN": {
    agent: "小林",
    question: "拉链坏了，买了不到一个月，能保修吗？",
    shown: "就是这里，拉头脱开了。",
    moves: "拉的时候是这样的。",
    answer: "可以的，一年内拉链免费保修。这是保修单。",
    signed: "已经签好了。",
  },
  en: {
    agent: "Lin",
    question: "The zip broke after less than a month. Is this covered?",
    shown: "Here, the slider has come off.",
    moves: "This is what happens when I pull it.",
    answer: "Yes, zips are repaired free of charge for a year. Here is the form.",
    signed: "Signed.",
  },
} as const;

for (const language of ["zh-CN", "en"] as const) {
  test(`a zip is shown, heard and answered (${language})`, async ({ people }) => {
    const said = scenes[language];
    const visitor = await people.visitor(language);
    await visitor.ring();
    await visitor.say(said.question);
    const agent = await people.agent(said.agent, language);
    await agent.openFirst();
    await expect(agent.message(said.question)).toBeVisible();

    // The photo: as the phone took it, but for where that was.
    const plain = await jpeg(agent.page, 1600, 1200);
    const photo = placed(plain);
    await pick(visitor, [{ name: "zip.jpg", mimeType: "image/jpeg", buffer: photo }]);
    await visitor.say(said.shown);
    const picture = agent.page.getByTestId("picture");
    await expect(picture).toHaveAttribute("data-here", "true");
    await expect(agent.message(said.shown)).toBeVisible();
    await picture.click();
    await expect(agent.page.locator("[data-testid=lightbox] img[data-here=true]")).toBeVisible();
    const kept = await taken(agent, agent.page.getByTestId("lightbox-download"));
    expect(photo.includes(PLACE)).toBe(true);
    expect(kept.bytes.includes(PLACE)).toBe(false);
    expect(kept.bytes.length).toBe(photo.length);
    expect(digestOf(kept.bytes.subarray(-plain.length + 2))).toBe(digestOf(plain.subarray(2)));
    await agent.page.keyboard.press("Escape");
    await visitor.frame.getByTestId("picture").click();
    const own = await taken(visitor, visitor.frame.getByTestId("lightbox-download"));
    expect(digestOf(own.bytes)).toBe(digestOf(kept.bytes));
    await visitor.page.keyboard.press("Escape");

    // The film: ten seconds, which the agent sees to their end.
    const moving = await film(agent.page, 10);
    await pick(visitor, [{ name: "zip.webm", mimeType: "video/webm", buffer: moving }]);
    await visitor.say(said.moves);
    const covered = agent.page.getByTestId("film");
    await expect(covered).toContainText("0:10");
    await covered.click();
    const playing = agent.page.getByTestId("playing");
    await expect.poll(() => playing.evaluate((node: HTMLVideoElement) => node.duration)).toBe(10);
    await playing.evaluate((node: HTMLVideoElement) => (node.currentTime = 9.5));
    await expect.poll(() => playing.evaluate((node: HTMLVideoElement) => node.ended)).toBe(true);
    await agent.page.getByTestId("gallery-open").click();
    const listed = agent.page.getByTestId("gallery-file").filter({ hasText: "zip.webm" });
    const whole = await taken(agent, listed.getByTestId("download"));
    expect(digestOf(whole.bytes)).toBe(digestOf(moving));
    await agent.page.keyboard.press("Escape");

    // The voice.
    await visitor.page.context().grantPermissions(["microphone"]);
    await visitor.frame.getByTestId("voice").press("Enter");
    const line = visitor.frame.getByTestId("recording");
    await expect(line.getByRole("timer")).toHaveText("0:01");
    await line.getByTestId("voice-send").click();
    const heard = agent.page.locator("div[data-testid=voice]");
    await heard.getByTestId("voice-play").click();
    await expect(heard).toHaveAttribute("data-plays", "true");

    // A form comes from the shop, and goes back signed.
    for (const [from, to, words] of [
      [agent, visitor, said.answer],
      [visitor, agent, said.signed],
    ] as const) {
      const sheet = pdf(words === said.answer ? "Warranty" : "Warranty, signed");
      const name = words === said.answer ? "warranty.pdf" : "signed.pdf";
      await pick(from, [{ name, mimeType: "application/pdf", buffer: sheet }]);
      await from.say(words);
      await expect(to.message(words)).toBeVisible();
      const row = within(to).getByTestId("file").filter({ hasText: name });
      await expect(row).toContainText("PDF");
      await expect(row.locator("svg.icon-page")).toBeVisible();
      const pages = to.page.context().pages().length;
      const saved = await taken(to, row.getByTestId("download"));
      expect(saved.name).toBe(name);
      expect(digestOf(saved.bytes)).toBe(digestOf(sheet));
      // Saved, and nowhere opened.
      expect(to.page.context().pages()).toHaveLength(pages);
    }
  });
}
