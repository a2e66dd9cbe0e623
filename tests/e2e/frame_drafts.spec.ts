// What is being written is kept by the device, for each conversation, until it is sent.
import { expect, test } from "./fixtures.ts";
import { tell, twoConversations } from "./frame_words.ts";
import { ShopPage } from "./pages/shop_page.ts";

test("a draft outlives the page, in its own conversation, until it is sent", async ({
  server,
  people,
}) => {
  const visitor = await people.visitor();
  const { frame } = visitor;
  await visitor.ring();
  // What another tab hears of has been stored.
  const other = new ShopPage(await visitor.page.context().newPage());
  await other.page.goto(server.addresses.shops);
  await other.ring();
  await visitor.composer.fill("还没开始的话");
  await expect(other.composer).toHaveValue("还没开始的话");
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.composer).toHaveValue("还没开始的话");

  await twoConversations(visitor, ["第一件事", "第二件事"]);
  await visitor.composer.fill("关于第二件事");
  await frame.getByTestId("back").click();
  const rows = frame.getByTestId("conversation");
  await expect(rows.filter({ hasText: "草稿：关于第二件事" })).toHaveCount(1);
  await rows.nth(1).click();
  await expect(visitor.composer).toHaveValue("");
  await visitor.composer.fill("关于第一件事");
  await other.frame.getByTestId("back").click();
  await expect(other.frame.getByText("草稿：关于第一件事")).toBeVisible();
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.composer).toHaveValue("关于第一件事");
  await tell(visitor, { type: "prefill", text: "页面的话" });
  await tell(visitor, { type: "locale", lang: "en" });
  await expect(visitor.composer).toHaveAccessibleName("Write a message");
  await expect(visitor.composer).toHaveValue("关于第一件事");
  await frame.getByTestId("back").click();
  await rows.filter({ hasText: "关于第二件事" }).click();
  await expect(visitor.composer).toHaveValue("关于第二件事");
  await visitor.composer.press("Enter");
  await expect(visitor.message("关于第二件事")).toHaveAttribute("data-state", "delivered");
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.message("关于第二件事")).toBeVisible();
  await expect(visitor.composer).toHaveValue("");
});
