// The shop page's half of the talk with the frame, without the loader's API between.
import type { Frame } from "@playwright/test";
import type { ShopPage } from "./pages/shop_page.ts";

export type Word = { type: string; [field: string]: unknown };

/** Says a word to the frame as the loader would. */
export async function tell(visitor: ShopPage, word: Word): Promise<void> {
  const frame = await visitor.page.getByTestId("frame").elementHandle();
  await frame?.evaluate((node, said) => {
    const { contentWindow, src } = node as HTMLIFrameElement;
    contentWindow?.postMessage({ shopbell: 1, ...said }, new URL(src).origin);
  }, word);
}

type Hearing = Window & { heard_words?: Word[] };

/** From here on what the frame says is kept; call it before the frame is made. */
export async function listen(visitor: ShopPage): Promise<() => Promise<Word[]>> {
  await visitor.page.evaluate(() => {
    const hearing = window as Hearing;
    hearing.heard_words = [];
    window.addEventListener("message", ({ data }) => {
      if ((data as { shopbell?: number })?.shopbell === 1) {
        hearing.heard_words?.push(data as Word);
      }
    });
  });
  return () => visitor.page.evaluate(() => (window as Hearing).heard_words ?? []);
}

export function frameOf(visitor: ShopPage): Frame {
  const found = visitor.page.frames().find((each) => each.url().includes("frame.html"));
  if (!found) {
    throw new Error("there is no frame");
  }
  return found;
}

/** How far something is wider than its place, in pixels. */
export async function overflowOf(visitor: ShopPage): Promise<number> {
  return frameOf(visitor).evaluate(() => {
    const all = [...document.querySelectorAll("html, main, header, .timeline, .list ul, .list")];
    return Math.max(...all.map((node) => node.scrollWidth - node.clientWidth));
  });
}

/** Leaves the first conversation with one answer of the desk and begins a second. */
export async function twoConversations(visitor: ShopPage, words: [string, string]): Promise<void> {
  for (const [index, text] of words.entries()) {
    if (index > 0) {
      await visitor.frame.getByTestId("menu").click();
      await visitor.frame.getByTestId("start-new").click();
    }
    await visitor.say(text);
    await visitor.messages.nth(1).waitFor();
  }
}
