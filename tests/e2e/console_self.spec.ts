// What an agent says of himself, and what he was about to say.
import { expect, test } from "./fixtures.ts";

/** One red point, as PNG. */
const POINT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
  "base64",
);

test("a reply and a note that were begun survive a reload, each in its place", async ({
  people,
}) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("能开发票吗？");
  const agent = await people.agent("小林");
  const { page } = agent;
  await agent.openFirst();
  await expect(agent.message("能开发票吗？")).toBeVisible();
  await agent.composer.fill("可以，请给我");
  await page.getByTestId("note-toggle").click();
  await expect(agent.composer).toHaveValue("");
  await agent.composer.fill("对公，要专票");
  await page.reload();
  await expect(agent.message("能开发票吗？")).toBeVisible();
  await expect(agent.composer).toHaveValue("可以，请给我");
  await page.getByTestId("note-toggle").click();
  await expect(agent.composer).toHaveValue("对公，要专票");
  await page.getByTestId("reply-toggle").click();
  await agent.composer.press("Enter");
  await expect(visitor.message("可以，请给我")).toBeVisible();
  await page.reload();
  await expect(agent.message("可以，请给我")).toBeVisible();
  await expect(agent.composer).toHaveValue("");
});

test("customers see name and picture as the agent changed them", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("在吗？");
  const agent = await people.agent("小林");
  const { page } = agent;
  await agent.openFirst();
  await page.getByTestId("tool-settings").click();
  const broken = { name: "face.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
  await page.getByTestId("picture-file").setInputFiles(broken);
  await expect(page.getByRole("alert")).toContainText("不是能用的图片");
  await page.getByTestId("picture-file").setInputFiles({ ...broken, buffer: POINT });
  await expect(page.getByTestId("dialog-settings").locator(".avatar img")).toHaveCount(1);
  await page.getByTestId("profile-name").fill("林晓");
  await page.getByTestId("profile-save").click();
  await expect(page.getByText("已保存")).toBeVisible();
  await page.keyboard.press("Escape");
  await agent.say("在的。");
  const group = visitor.frame.locator(".group", { has: visitor.message("在的。") });
  await expect(group).toContainText("林晓");
  await expect(group.locator(".avatar img")).toHaveCount(1);

  await page.reload();
  await page.getByTestId("tool-settings").click();
  await expect(page.getByTestId("profile-name")).toHaveValue("林晓");
  await expect(page.getByTestId("dialog-settings").locator(".avatar img")).toHaveCount(1);
});
