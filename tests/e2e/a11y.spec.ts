// For everybody: no finding of axe in any state, the keyboard alone, each message read out once,
// larger text, narrow windows, the system's own colours, no motion where none is wanted.
import type { Browser, Frame } from "@playwright/test";
import { findings, findingsInModes } from "./axe.ts";
import { expect, person, test } from "./fixtures.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { ShopPage } from "./pages/shop_page.ts";
import { test as splitTest } from "./split_fixtures.ts";

type Locale = "zh-CN" | "en" | "ar";

/** The demo shop in a language; it has no Arabic page, so its tag asks for Arabic. */
async function shopIn(browser: Browser, shops: string, locale: Locale): Promise<ShopPage> {
  const context = await browser.newContext({ locale });
  if (locale === "ar") {
    await context.route(/\/demo\/[\w.]*$/, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace("data-shop=", 'data-lang="ar" data-shop=');
      await route.fulfill({ response, body });
    });
  }
  return ShopPage.open(await context.newPage(), shops, locale === "zh-CN" ? "zh-CN" : "en");
}

function frameOf({ page }: ShopPage): Frame {
  const frame = page.frames().find((each) => each.url().includes("frame.html"));
  if (!frame) {
    throw new Error("there is no frame yet");
  }
  return frame;
}

const words = {
  "zh-CN": ["拉链坏了，能保修吗？", "可以的，一年内免费。", "https://shop.example/o/1 👍"],
  en: ["The zip broke. Is it covered?", "Yes, for a year.", "https://shop.example/o/1 👍"],
  ar: ["انكسر السحاب، هل يشمله الضمان؟", "نعم، لمدة سنة.", "https://shop.example/o/1 👍"],
} as const;

test("what is planted is found", async ({ people }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await frameOf(visitor).evaluate(() => {
    const pale = document.createElement("p");
    pale.textContent = "pale";
    pale.style.color = "#cccccc";
    pale.style.background = "#ffffff";
    document.querySelector(".frame")?.append(pale, document.createElement("img"));
  });
  const found = await findings(frameOf(visitor));
  expect(found.map((each) => each.split(":")[0]).sort()).toEqual(["color-contrast", "image-alt"]);
});

for (const locale of ["zh-CN", "en", "ar"] as const) {
  test(`the widget has no finding in any state (${locale})`, async ({ server, browser }) => {
    test.setTimeout(180_000);
    const [question, answer, link] = words[locale];
    const visitor = await shopIn(browser, server.addresses.shops, locale);
    const check = async (state: string) => {
      expect(await findingsInModes(visitor.page, frameOf(visitor)), state).toEqual([]);
    };
    await visitor.ring();
    await expect(visitor.frame.locator("html")).toHaveAttribute("lang", locale);
    await expect(visitor.frame.locator("html")).toHaveAttribute(
      "dir",
      locale === "ar" ? "rtl" : "ltr",
    );
    await check("greeting");
    expect(await findings(visitor.page, "body"), "the shop's page").toEqual([]);

    server.freeze();
    await visitor.say(question);
    await expect(visitor.messages.first()).toHaveAttribute("data-state", "sending");
    await check("sending");
    server.thaw();
    await expect(visitor.messages.first()).toHaveAttribute("data-state", "delivered");
    await check("delivered, greeted by the shop");

    const agent = await ConsolePage.join(
      await person(browser, "en"), server.addresses.console, "Lin",
    );
    await agent.openFirst();
    await agent.say(answer);
    await agent.say(link);
    await expect(visitor.message(link)).toBeVisible();
    await expect(agent.message(link)).toHaveAttribute("data-state", "read");
    await agent.composer.pressSequentially("x");
    await expect(visitor.typing).toBeVisible();
    await visitor.composer.fill(question);
    await check("answered, read, somebody types, a draft");

    await visitor.frame.locator(".time").last().focus();
    await check("a time with its whole date");
    await visitor.frame.locator(".lock-line summary").click();
    await check("what the lock means");
    await visitor.frame.getByTestId("emoji").click();
    await check("emoji");
    await visitor.frame.getByTestId("emoji-picker").getByRole("searchbox").fill("zzzz");
    await check("no such emoji");
    await visitor.page.keyboard.press("Escape");
    await visitor.frame.getByTestId("confirmed").click();
    await check("who is here");
    await visitor.page.keyboard.press("Escape");
    await visitor.frame.getByTestId("menu").click();
    await check("menu");
    await visitor.frame.getByTestId("start-new").click();
    await check("a new conversation");
    await visitor.frame.getByTestId("back").click();
    await expect(visitor.frame.getByTestId("conversation")).toHaveCount(1);
    await check("the list");
    await visitor.frame.getByTestId("conversation").click();

    await visitor.composer.press("Escape");
    // Each short enough not to be folded.
    for (const of of [1, 2, 3]) {
      await agent.say(`${answer} ${of}\n`.repeat(12));
    }
    await expect(visitor.unread).toHaveText("3");
    await visitor.ring();
    await expect(visitor.frame.getByTestId("unread-line")).toBeVisible();
    await expect(visitor.frame.getByTestId("to-latest")).toBeVisible();
    await check("new messages, the end out of sight");

    await visitor.composer.fill("a".repeat(17_000));
    await check("too long");
    await server.kill();
    await expect(visitor.status).toHaveAttribute("data-status", "offline");
    await visitor.composer.fill("");
    await check("offline");
    await visitor.page.context().close();
    await agent.page.context().close();
  });
}

test("what stands instead of a conversation has no finding", async ({ server, browser }) => {
  const unknown = await shopIn(browser, server.addresses.shops, "zh-CN");
  await unknown.page.context().route(/\/demo\/[\w.]*$/, async (route) => {
    const response = await route.fetch();
    const bent = `data-shop="${"A".repeat(43)}"`;
    const body = (await response.text()).replace(/data-shop="[\w-]+"/, bent);
    await route.fulfill({ response, body });
  });
  await unknown.page.reload();
  await unknown.bubble.click();
  await expect(unknown.problem).toBeVisible();
  expect(await findingsInModes(unknown.page, frameOf(unknown)), "problem").toEqual([]);
  await unknown.page.context().close();

  const unsafe = await shopIn(browser, server.addresses.shops, "ar");
  await unsafe.page.context().route(/engine\/worker/, async (route) => {
    const response = await route.fetch();
    const lie = 'Object.defineProperty(self, "isSecureContext", { value: false });';
    await route.fulfill({ response, body: lie + (await response.text()) });
  });
  await unsafe.bubble.click();
  await expect(unsafe.frame.getByTestId("storage")).toBeVisible();
  expect(await findingsInModes(unsafe.page, frameOf(unsafe)), "refused storage").toEqual([]);
  await unsafe.page.context().close();
});

for (const locale of ["zh-CN", "en", "ar"] as const) {
  test(`the note that nothing can be had has no finding (${locale})`, async ({
    server,
    browser,
  }) => {
    const visitor = await shopIn(browser, server.addresses.shops, locale);
    await visitor.page.route(/frame\.html/, (route) => route.abort());
    await visitor.bubble.click();
    await expect(visitor.page.getByRole("alert")).toBeVisible();
    for (const colorScheme of ["light", "dark"] as const) {
      await visitor.page.emulateMedia({ colorScheme });
      expect(await findings(visitor.page, "body"), colorScheme).toEqual([]);
    }
    await visitor.page.context().close();
  });
}

splitTest("the warning of a stranger has no finding", async ({ shop, browser }) => {
  const visitor = await shop.stage(browser).visitor("zh-CN");
  await visitor.ring();
  await visitor.say("?");
  const page = await person(browser, "zh-CN");
  await page.clock.setFixedTime(Date.now());
  const agent = await ConsolePage.join(page, await shop.invite("--certificate-for", "5s"), "Lin");
  await agent.openFirst();
  const warning = visitor.frame.getByTestId("warning");
  let count = 0;
  await expect
    .poll(async () => {
      await agent.say(`answer ${++count}.`);
      await expect(visitor.message(`answer ${count}.`)).toBeVisible();
      return warning.count();
    }, { intervals: [250] })
    .toBeGreaterThan(0);
  expect(await findingsInModes(visitor.page, frameOf(visitor))).toEqual([]);
  await page.context().close();
  await visitor.page.context().close();
});

for (const locale of ["zh-CN", "en", "ar"] as const) {
  test(`the console has no finding in any state (${locale})`, async ({ server, browser }) => {
    test.setTimeout(180_000);
    const [question, answer] = words[locale];
    const page = await (await browser.newContext({ locale })).newPage();
    const check = async (state: string) => {
      expect(await findingsInModes(page), state).toEqual([]);
    };
    await page.goto(new URL("/console/index.html", server.addresses.console).href);
    await expect(page.locator(".whole")).toBeVisible();
    await check("without an invitation");
    await page.goto("about:blank");
    await page.goto(server.addresses.console);
    await page.getByTestId("name").waitFor();
    await expect(page.locator("html")).toHaveAttribute("lang", locale);
    await check("join");
    await page.getByTestId("name").fill("Lin");
    await page.getByTestId("join").click();
    const agent = new ConsolePage(page);
    await expect(page.locator(".inbox-empty")).toBeVisible();
    await check("empty inbox");

    const visitor = await shopIn(browser, server.addresses.shops, locale);
    await visitor.ring();
    await visitor.say(question);
    await expect(agent.rows).toHaveCount(1);
    await check("inbox");
    await agent.openFirst();
    await agent.say(answer);
    await expect(agent.message(answer)).toHaveAttribute("data-state", "read");
    await visitor.composer.fill("x");
    await expect(agent.typing).toBeVisible();
    await check("conversation");
    await agent.note(question);
    await page.getByTestId("note-toggle").click();
    await check("note");
    await page.getByTestId("console-emoji").click();
    await check("emoji");
    await page.keyboard.press("Escape");
    for (const dialog of ["keys", "palette", "settings"]) {
      await page.getByTestId(`tool-${dialog}`).click();
      await expect(page.getByTestId(`dialog-${dialog}`)).toBeVisible();
      await check(dialog);
      await page.keyboard.press("Escape");
    }
    await page.setViewportSize({ width: 820, height: 900 });
    await check("tablet");
    await page.context().close();
    await visitor.page.context().close();
  });
}

test("the scene by the keyboard alone", async ({ server, browser, people }) => {
  const visitor = await shopIn(browser, server.addresses.shops, "zh-CN");
  const { keyboard } = visitor.page;
  await expect(visitor.bubble).toBeVisible();
  await expect
    .poll(
      async () => {
        await keyboard.press("Tab");
        return visitor.bubble.evaluate((node) => node.matches(":focus, :focus *"));
      },
      // A press a second would not come round the page in time.
      { intervals: [50] },
    )
    .toBe(true);
  await keyboard.press("Enter");
  await expect(visitor.composer).toBeFocused();
  await keyboard.type("拉链坏了");
  await keyboard.press("Enter");
  await expect(visitor.message("拉链坏了")).toHaveAttribute("data-state", "delivered");

  const agent = await people.agent("小林");
  await agent.openFirst();
  await agent.say("一年内免费");
  await expect(visitor.message("一年内免费")).toBeVisible();

  // Emoji: open, search, choose, leave.
  await keyboard.type("好");
  await keyboard.press("Tab");
  await expect(visitor.frame.getByTestId("attach")).toBeFocused();
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(visitor.frame.getByTestId("emoji-picker").getByRole("searchbox")).toBeFocused();
  await keyboard.type("谢谢");
  await keyboard.press("Enter");
  await keyboard.press("Escape");
  await expect(visitor.frame.getByTestId("emoji")).toBeFocused();
  await expect(visitor.composer).toHaveValue("好🙏");
  await keyboard.press("Shift+Tab");
  await keyboard.press("Shift+Tab");
  await keyboard.press("Enter");
  await expect(visitor.message("好🙏")).toHaveAttribute("data-state", "read");

  // Times: one tab stop, the arrows go through them, the focused one shows its whole date.
  const focused_time = visitor.frame.locator(".time:focus");
  await expect
    .poll(async () => {
      await keyboard.press("Shift+Tab");
      return focused_time.count();
    })
    .toBe(1);
  await expect(focused_time.locator(".full")).toBeVisible();
  const newest = await focused_time.getAttribute("aria-label");
  await keyboard.press("ArrowUp");
  await expect(focused_time).toHaveCount(1);
  await keyboard.press("ArrowDown");
  await expect(focused_time).toHaveAttribute("aria-label", newest ?? "");

  await keyboard.press("Escape");
  await expect(visitor.bubble).toBeFocused();
  await keyboard.press("Enter");
  await expect(visitor.composer).toBeFocused();
  await visitor.page.context().close();
});

type AxNode = {
  readonly nodeId: string;
  readonly parentId?: string;
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: { readonly name: string; readonly value: { readonly value: unknown } }[];
};

/** The texts below the polite log of the frame, as assistive technology is given them. */
async function announced(visitor: ShopPage): Promise<string[]> {
  const session = await visitor.page.context().newCDPSession(frameOf(visitor));
  const answer = await session.send("Accessibility.getFullAXTree");
  const nodes = answer.nodes as AxNode[];
  await session.detach();
  const by_id = new Map(nodes.map((node) => [node.nodeId, node]));
  const logs = nodes.filter((node) => !node.ignored && node.role?.value === "log");
  expect(logs).toHaveLength(1);
  const live = logs[0]?.properties?.find(({ name }) => name === "live")?.value.value;
  expect(live).toBe("polite");
  const inside = (node: AxNode | undefined): boolean =>
    node !== undefined && (node === logs[0] || inside(by_id.get(node.parentId ?? "")));
  return nodes
    .filter((node) => node.role?.value === "StaticText" && inside(node))
    .map((node) => node.name?.value ?? "");
}

test("each new message is read out once, and nothing else", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("在吗");
  await expect(visitor.message("在吗")).toHaveAttribute("data-state", "delivered");
  await expect(visitor.messages.nth(1)).toHaveAttribute("data-author-class", "3");
  const agent = await people.agent("小林");
  await agent.openFirst();
  // Counts what enters the live region, so that nothing is said and gone between two looks.
  await frameOf(visitor).evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const log = document.querySelector("[role=log]") as HTMLElement;
    new MutationObserver((changes) => {
      for (const { addedNodes, type, target } of changes) {
        const nodes = type === "characterData" ? [target] : [...addedNodes];
        said.push(...nodes.map((node) => node.textContent ?? ""));
      }
    }).observe(log, { childList: true, subtree: true, characterData: true });
  });
  const said = () =>
    frameOf(visitor).evaluate(() => (window as unknown as { said: string[] }).said);

  const first = "小林: 在的。";
  const second = "小林: 请说。";
  await agent.say("在的。");
  await expect.poll(() => announced(visitor)).toContain(first);
  await visitor.say("拉链坏了");
  await expect(visitor.message("拉链坏了")).toHaveAttribute("data-state", "read");
  await agent.say("请说。");
  await expect.poll(() => announced(visitor)).toContain(second);
  expect(await said()).toEqual([first, second]);
  await expect.poll(() => announced(visitor)).toEqual([]);
  expect(await said()).toEqual([first, second]);

  // What was there before is shown and not read out.
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.message("请说。")).toBeVisible();
  expect(await announced(visitor)).toEqual([]);
});

/** Elements whose words are cut off, and how far the page is wider than its window. */
function cutOff(): string[] {
  const found: string[] = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) {
    found.push(`the page is ${wide} px too wide`);
  }
  for (const node of document.querySelectorAll<HTMLElement>("body *")) {
    const own = [...node.childNodes].some(
      (child) => child.nodeType === Node.TEXT_NODE && child.textContent?.trim(),
    );
    const style = getComputedStyle(node);
    const shown = node.getClientRects().length > 0 && !node.closest(".hidden-words, textarea");
    const may_cut = style.overflowX !== "visible" && style.textOverflow !== "ellipsis";
    if (own && shown && may_cut && node.scrollWidth > node.clientWidth + 1) {
      found.push(`${node.className}: ${node.textContent}`);
    }
    const { left, right } = node.getBoundingClientRect();
    if (own && shown && (left < -1 || right > document.documentElement.clientWidth + 1)) {
      found.push(`outside: ${node.className}: ${node.textContent}`);
    }
  }
  return found;
}

for (const locale of ["zh-CN", "en", "ar"] as const) {
  test(`text twice as large in 320 pixels loses nothing (${locale})`, async ({
    server,
    browser,
    people,
  }) => {
    const [question, answer, link] = words[locale];
    const visitor = await shopIn(browser, server.addresses.shops, locale);
    await visitor.page.setViewportSize({ width: 320, height: 640 });
    await visitor.ring();
    const frame = frameOf(visitor);
    await frame.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await expect(visitor.frame.locator("body")).toHaveCSS("font-size", "30px");
    expect(await frame.evaluate(cutOff), "greeting").toEqual([]);
    await visitor.say(question);
    await visitor.say(link);
    const agent = await people.agent("Lin", "en");
    await agent.openFirst();
    await agent.say(answer);
    await expect(visitor.message(answer)).toBeVisible();
    expect(await frame.evaluate(cutOff), "conversation").toEqual([]);
    await visitor.frame.getByTestId("emoji").click();
    await expect(visitor.frame.getByTestId("emoji-picker")).toBeInViewport({ ratio: 1 });
    expect(await frame.evaluate(cutOff), "emoji").toEqual([]);
    await visitor.page.keyboard.press("Escape");
    await expect(visitor.composer).toBeInViewport({ ratio: 1 });
    await visitor.page.context().close();
  });
}

test("the system's own colours keep every edge", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.page.emulateMedia({ forcedColors: "active" });
  await visitor.ring();
  await visitor.say("在吗");
  await expect(visitor.messages).toHaveCount(2);
  const edges = await frameOf(visitor).evaluate(() =>
    [".mine .bubble", ".other .bubble", ".composer-row", ".avatar", ".send"].map((place) => {
      const { borderTopWidth, borderTopStyle } = getComputedStyle(
        document.querySelector(place) as Element,
      );
      return `${place} ${borderTopStyle} ${parseFloat(borderTopWidth) > 0}`;
    }),
  );
  expect(edges.filter((edge) => !edge.endsWith(" solid true"))).toEqual([]);
  await visitor.composer.focus();
  const ring = visitor.frame.locator(".composer .ring");
  await expect(ring).toHaveCSS("outline-style", "solid");
  expect(await findings(frameOf(visitor))).toEqual([]);
});

test("where motion is not wanted nothing moves, it only fades", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.page.emulateMedia({ reducedMotion: "reduce" });
  await visitor.ring();
  await frameOf(visitor).evaluate(() => {
    const moved: string[] = [];
    Object.assign(window, { moved });
    const note = ({ target }: Event) => {
      for (const animation of (target as Element).getAnimations()) {
        const effect = animation.effect as KeyframeEffect;
        const properties = effect.getKeyframes().flatMap((frame) => Object.keys(frame));
        if (properties.some((property) => /transform|translate|height|top|left/.test(property))) {
          moved.push(`${(target as Element).className} ${properties.join()}`);
        }
      }
    };
    document.addEventListener("animationstart", note);
    document.addEventListener("transitionrun", note);
  });
  const agent_said = "看到了";
  await visitor.say("在吗");
  await expect(visitor.message("在吗")).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("小林");
  await agent.openFirst();
  // Who has joined is known to type.
  await expect(visitor.message("在吗")).toHaveAttribute("data-state", "read");
  await agent.composer.fill("x");
  await expect(visitor.typing).toBeVisible();
  const dots = visitor.frame.locator(".dots i").first();
  await expect(dots).toHaveCSS("animation-name", "none");
  await agent.say(agent_said);
  await expect(visitor.message(agent_said)).toBeVisible();
  const moved = () =>
    frameOf(visitor).evaluate(() => (window as unknown as { moved: string[] }).moved);
  expect(await moved()).toEqual([]);
});
