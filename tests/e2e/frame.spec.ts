// The conversation's window itself: its screens, and what it hears from the page and tells it.
import { expect, test } from "./fixtures.ts";
import { frameOf, listen, tell, twoConversations } from "./frame_words.ts";
import { ShopPage } from "./pages/shop_page.ts";

const FIRST = "第一件事：拉链坏了。";
const SECOND = "第二件事：有黑色的吗？";

test("before the first word there is a greeting, and a chip asks what it says", async ({
  people,
}) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await expect(visitor.composer).toBeFocused();
  await expect(visitor.frame.getByTestId("welcome").getByRole("heading")).toHaveText(/好$/);
  const chip = visitor.frame.getByTestId("chip").first();
  const words = await chip.innerText();
  await chip.click();
  await expect(visitor.message(words)).toHaveAttribute("data-state", "delivered");
  await expect(visitor.frame.getByTestId("welcome")).toHaveCount(0);
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.message(words)).toBeVisible();
  await expect(visitor.frame.getByTestId("welcome")).toHaveCount(0);
});

test("two conversations stand in a list, the newest first, and each is one", async ({
  people,
}) => {
  const visitor = await people.visitor();
  const { frame } = visitor;
  await visitor.ring();
  await expect(frame.getByTestId("back")).toHaveCount(0);
  await twoConversations(visitor, [FIRST, SECOND]);
  await expect(visitor.message(FIRST)).toHaveCount(0);

  await frame.getByTestId("back").click();
  const rows = frame.getByTestId("conversation");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toBeFocused();
  await rows.nth(1).click();
  await expect(visitor.message(FIRST)).toHaveAttribute("data-state", "delivered");
  await expect(visitor.message(SECOND)).toHaveCount(0);
  await expect(visitor.composer).toBeFocused();

  const agent = await people.agent("小林");
  await agent.page.getByTestId("inbox-row").filter({ hasText: "第一件事" }).click();
  await agent.say("可以保修。");
  await expect(visitor.message("可以保修。")).toBeVisible();
  await expect(frame.getByTestId("people")).toHaveText("小林");
  await frame.getByTestId("back").click();
  await expect(rows.first()).toContainText("可以保修。");
  await expect(rows.first()).toContainText("小林");
  await expect(rows.first().getByTestId("row-unread")).toHaveCount(0);
  await agent.say("请寄回。");
  await expect(rows.first().getByTestId("row-unread")).toContainText("1 条未读");
  await expect(visitor.unread).toHaveText("1");
  await rows.first().click();
  await expect(agent.message("请寄回。")).toHaveAttribute("data-state", "read");
  await expect(visitor.unread).toBeHidden();
});

test("a page that is loaded anew shows the conversation that was left", async ({ people }) => {
  const visitor = await people.visitor();
  const { frame } = visitor;
  await visitor.ring();
  await twoConversations(visitor, [FIRST, SECOND]);
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.message(SECOND)).toBeVisible();
  await frame.getByTestId("back").click();
  await visitor.page.reload();
  // It was open, and opens by itself.
  await expect(frame.getByTestId("conversation")).toHaveCount(2);
  await frame.getByTestId("new-conversation").click();
  await expect(frame.getByTestId("welcome")).toBeVisible();
  await frame.getByTestId("back").click();
  await expect(frame.getByTestId("conversation")).toHaveCount(2);
});

test("the shop is told page and product with the customer's words, once", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  const page = (title: string) => ({ url: `https://shop.example/${title}`, title });
  const product = { name: "托特包", sku: "T-1", price: "¥ 899" };
  await tell(visitor, { type: "context", context: { page: page("托特包"), product } });
  await visitor.say("一");
  await visitor.say("二");
  const agent = await people.agent("小林");
  await agent.openFirst();
  const looks = agent.page.locator(".system", { hasText: "正在浏览" });
  await expect(agent.message("二")).toBeVisible();
  await expect(looks).toHaveText(["正在浏览：托特包"]);
  await tell(visitor, { type: "context", context: { page: page("双肩包") } });
  await tell(visitor, { type: "context", context: { page: page("斜挎包") } });
  await visitor.say("三");
  await expect(agent.message("三")).toBeVisible();
  await expect(looks).toHaveText(["正在浏览：托特包", "正在浏览：斜挎包"]);
  await expect(visitor.messages.filter({ hasText: "斜挎包" })).toHaveCount(0);
});

test("language, direction and look change while somebody writes", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.composer.fill("还没写完");
  const root = visitor.frame.locator("html");
  const accent = () =>
    root.evaluate((node) => getComputedStyle(node).getPropertyValue("--accent").trim());
  await expect(root).toHaveAttribute("lang", "zh-CN");
  const of_shop = await accent();

  await tell(visitor, { type: "locale", lang: "ar" });
  await expect(root).toHaveAttribute("dir", "rtl");
  await expect(visitor.composer).not.toHaveAccessibleName("写消息");
  await tell(visitor, { type: "locale", lang: "en-GB" });
  await expect(root).toHaveAttribute("lang", "en");
  await expect(root).toHaveAttribute("dir", "ltr");
  await expect(visitor.composer).toHaveAccessibleName("Write a message");
  await expect(visitor.composer).toHaveValue("还没写完");

  await tell(visitor, { type: "theme", theme: "dark", accent: "#8a1f5c" });
  await expect.poll(accent).toBe("#8a1f5c");
  await expect(root).toHaveAttribute("data-theme", "dark");
  await tell(visitor, { type: "theme", theme: "light", accent: "url(x)" });
  await expect.poll(accent).toBe(of_shop);
  await expect(root).toHaveAttribute("data-theme", "light");
});

test("the page may begin a sentence, never end what somebody writes", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await tell(visitor, { type: "prefill", text: "关于订单 1024：" });
  await expect(visitor.composer).toHaveValue("关于订单 1024：");
  await visitor.composer.fill("我自己写的");
  await tell(visitor, { type: "prefill", text: "别的" });
  await tell(visitor, { type: "locale", lang: "en" });
  await expect(visitor.composer).toHaveAccessibleName("Write a message");
  await expect(visitor.composer).toHaveValue("我自己写的");
});

test("the sound is turned off by keyboard alone, and stays off", async ({ people }) => {
  const visitor = await people.visitor();
  const { frame } = visitor;
  await visitor.ring();
  const menu = frame.getByTestId("menu");
  const sound = frame.getByTestId("sound");
  await menu.press("Enter");
  await expect(sound).toBeFocused();
  await expect(sound).toHaveAttribute("aria-checked", "true");
  await sound.press("Space");
  await expect(sound).toHaveAttribute("aria-checked", "false");
  await sound.press("Escape");
  await expect(menu).toBeFocused();
  await expect(visitor.composer, "Escape closed the menu alone").toBeVisible();
  await visitor.page.reload();
  await visitor.ring();
  await menu.press("ArrowDown");
  await expect(sound).toHaveAttribute("aria-checked", "false");
  await visitor.page.getByRole("heading").first().click();
  await expect(menu, "a press on the page closes it").toHaveAttribute("aria-expanded", "false");
});

test("the page hears that there are messages, never what they say", async ({ people }) => {
  const visitor = await people.visitor();
  const heard = await listen(visitor);
  await visitor.ring();
  await visitor.say("只有商家能看到");
  await expect(visitor.messages).toHaveCount(2);
  await expect.poll(async () => (await heard()).filter(({ type }) => type === "message")).toEqual([
    { shopbell: 1, type: "message", direction: "out" },
    { shopbell: 1, type: "message", direction: "in" },
  ]);
  expect(JSON.stringify(await heard())).not.toContain("商家");
});

test("who is here is confirmed, and what that means is said on demand", async ({ people }) => {
  const visitor = await people.visitor("en");
  const { frame } = visitor;
  await visitor.ring();
  await visitor.say("Hello?");
  const agent = await people.agent("Lin");
  await agent.openFirst();
  await agent.say("Yes?");
  await expect(frame.getByTestId("people")).toHaveText("Lin");
  const shield = frame.getByTestId("confirmed");
  await shield.press("Enter");
  await expect(frame.getByText("checked by signature")).toBeVisible();
  await shield.press("Escape");
  await expect(frame.getByText("checked by signature")).toHaveCount(0);
  await expect(shield).toBeFocused();
  await shield.press("Escape");
  await expect(visitor.bubble).toBeFocused();
});

test("the page ends the conversation here; it can be opened again, nothing is lost", async ({
  people,
}) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("还在吗？");
  await expect(visitor.message("还在吗？")).toHaveAttribute("data-state", "delivered");
  await tell(visitor, { type: "shutdown" });
  await expect(visitor.frame.getByTestId("ended")).toContainText("已在此页面关闭");
  await expect(visitor.composer).toHaveCount(0);
  await visitor.frame.getByTestId("open-again").click();
  await expect(visitor.message("还在吗？")).toBeVisible();
});

test("as a page of its own it has the shop's name and nothing to close", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("在窗口里写的");
  await expect(visitor.message("在窗口里写的")).toHaveAttribute("data-state", "delivered");
  await expect(visitor.frame.getByTestId("close")).toBeVisible();
  const address = `${frameOf(visitor).url().replace(/&tab=$/, "")}&tab=1`;
  const page = await visitor.page.context().newPage();
  await page.goto(address);
  await page.getByTestId("composer").fill("在自己的页面里写的");
  await expect(page.getByTestId("close")).toHaveCount(0);
  await expect(page).toHaveTitle(/^山茶皮具/);
  await page.getByTestId("composer").press("Enter");
  const said = page.getByTestId("message").filter({ hasText: "自己的页面" });
  await expect(said).toHaveAttribute("data-state", "delivered");
});

test("a conversation that cannot be tells the page why", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.page.context().route(/engine\/worker/, async (route) => {
    const response = await route.fetch();
    const insecure = 'Object.defineProperty(self, "isSecureContext", { value: false });';
    await route.fulfill({ response, body: insecure + (await response.text()) });
  });
  const heard = await listen(visitor);
  await visitor.bubble.click();
  await expect(visitor.frame.getByTestId("storage")).toContainText("https");
  const own = visitor.frame.getByRole("link", { name: "在新标签页中打开" });
  await expect(own).toHaveAttribute("href", /[&#]tab=1(&|$)/);
  await expect
    .poll(async () => (await heard()).filter(({ type }) => type === "error"))
    .toEqual([{ shopbell: 1, type: "error", cause: "storage_refused" }]);
});

test("a shop that nobody knows is named to the page as such", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.page.route(/\/demo\/$/, async (route) => {
    const response = await route.fetch();
    const tag = `data-shop="${"A".repeat(43)}"`;
    const body = (await response.text()).replace(/data-shop="[\w-]+"/, tag);
    await route.fulfill({ response, body });
  });
  await visitor.page.reload();
  const heard = await listen(visitor);
  await visitor.bubble.click();
  await expect(visitor.problem).toBeVisible();
  await expect
    .poll(async () => (await heard()).filter(({ type }) => type === "error"))
    .toEqual([{ shopbell: 1, type: "error", cause: "shop_unknown" }]);
});

test("the bell rings for what nobody sees, in one tab, and not when turned off", async ({
  server,
  people,
}) => {
  const visitor = await people.visitor();
  await visitor.page.context().addInitScript(() => {
    const { start } = AudioScheduledSourceNode.prototype;
    AudioScheduledSourceNode.prototype.start = function (when?: number) {
      new BroadcastChannel("test bell").postMessage("rang");
      start.call(this, when);
    };
    // A tab asks this before it rings.
    const { query } = LockManager.prototype;
    LockManager.prototype.query = async function () {
      const found = await query.call(this);
      setTimeout(() => new BroadcastChannel("test bell").postMessage("asked"));
      return found;
    };
  });
  await visitor.page.reload();
  await visitor.ring();
  await visitor.say("请问");
  const agent = await people.agent("小林");
  await agent.openFirst();
  const other = new ShopPage(await visitor.page.context().newPage());
  await other.page.goto(server.addresses.shops);
  await other.ring();
  await expect(other.message("请问")).toBeVisible();
  await frameOf(visitor).evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    new BroadcastChannel("test bell").onmessage = ({ data }) => heard.push(data as string);
  });
  const heard = () =>
    frameOf(visitor).evaluate(() => (window as Window & { heard?: string[] }).heard);
  const quiet = () =>
    frameOf(visitor).evaluate(() =>
      navigator.locks.request("shopbell.ring", { ifAvailable: true }, (lock) => !!lock),
    );

  await visitor.composer.press("Escape");
  await agent.say("有人看到的");
  await expect.poll(heard, "the other tab sees it").toEqual(["asked"]);
  expect(await quiet()).toBe(true);
  await expect(visitor.message("有人看到的")).toHaveCount(1);

  await other.composer.press("Escape");
  await agent.say("没人看到的");
  const rung = ["asked", "asked", "asked", "rang", "rang"];
  const sorted = async () => (await heard())?.sort();
  await expect.poll(sorted, "two partials in one of two tabs").toEqual(rung);
  await expect.poll(quiet).toBe(true);

  await other.page.close();
  await visitor.bubble.click();
  await visitor.settled();
  await visitor.frame.getByTestId("menu").click();
  await visitor.frame.getByTestId("sound").click();
  await visitor.frame.getByTestId("sound").press("Escape");
  await visitor.composer.press("Escape");
  const asked = () => heard().then((all) => all?.filter((each) => each === "asked").length);
  const before = await asked();
  await agent.say("安静的");
  await expect.poll(asked).toBe((before ?? 0) + 1);
  await expect(visitor.unread).toHaveText("1");
  expect((await heard())?.filter((each) => each === "rang"), "turned off").toHaveLength(2);
});

/** Runs in the frame: what the relay places next, the device is told to be refused for good. */
function refuseNext(code: number): void {
  const PLACED = 16;
  const taken = window as Window & { refuse_next?: boolean };
  const refused = (body: Uint8Array): Uint8Array => {
    const out: number[] = [];
    let told = false;
    for (let at = 0; at < body.length; ) {
      const from = at;
      const field = (body[at] as number) >> 3;
      at += (body[at] as number) % 8 === 2 ? 2 + (body[at + 1] as number) : 1;
      while ((body[from] as number) % 8 === 0 && (body[at++] as number) >= 128);
      if (field > 5 && !told) {
        out.push(5 << 3, code);
        told = true;
      }
      if (field !== 3) {
        out.push(...body.slice(from, at));
      }
    }
    return Uint8Array.from(out);
  };
  const bend = (data: { events?: [number, Uint8Array][] }) => ({
    ...data,
    events: data.events?.map(([kind, body]): [number, Uint8Array] => {
      const now = kind === PLACED && taken.refuse_next;
      if (now) {
        taken.refuse_next = false;
      }
      return [kind, now ? refused(body) : body];
    }),
  });
  const { addEventListener: listen } = Worker.prototype;
  Worker.prototype.addEventListener = function (type: string, listener: unknown): void {
    const heard = listener as (event: unknown) => void;
    listen.call(this, type, (event) => {
      const { data } = event as MessageEvent;
      const bent = type === "message" && data.events;
      heard(bent ? new MessageEvent(type, { data: bend(data) }) : event);
    });
  };
}

test("what is refused for good says why, and is sent again in the same words", async ({
  people,
}) => {
  const visitor = await people.visitor();
  const { frame } = visitor;
  await visitor.page.context().addInitScript(refuseNext, 109);
  await visitor.page.reload();
  await visitor.ring();
  await visitor.say("先说一句");
  await expect(visitor.message("先说一句")).toHaveAttribute("data-state", "delivered");
  for (const way of ["discard", "send-again"]) {
    await frameOf(visitor).evaluate(() => {
      (window as Window & { refuse_next?: boolean }).refuse_next = true;
    });
    await visitor.say("被拒绝的");
    await expect(visitor.message("被拒绝的").last()).toHaveAttribute("data-state", "refused");
    await expect(frame.locator(".state-refused")).toContainText("版本已旧");
    await frame.getByTestId(way).click();
    await expect(frame.locator(".state-refused")).toHaveCount(0);
  }
  const again = visitor.message("被拒绝的");
  await expect(again).toHaveCount(1);
  await expect(again).toHaveAttribute("data-state", "delivered");
});
