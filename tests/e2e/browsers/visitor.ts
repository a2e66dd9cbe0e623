// The visitor's half in browsers that Playwright does not drive as people have them.
import { expect } from "@playwright/test";

/** One tab. Scripts are expressions; what they answer travels as JSON. */
export interface Tab {
  goto(url: string): Promise<void>;
  close(): Promise<void>;
  /** In the shop's page. */
  page(script: string): Promise<unknown>;
  /** In the conversation's frame; throws while there is none. */
  frame(script: string): Promise<unknown>;
  /** A real click on what the expression names in the shop's page. */
  click(script: string): Promise<void>;
  /** A real click on what the selector names in the frame. */
  press(selector: string): Promise<void>;
  /** Gives a file of the disk to the field that the selector names in the frame. */
  choose(selector: string, path: string): Promise<void>;
  /** Real keys into what the selector names in the frame; "\n" is the Enter key. */
  type(selector: string, keys: string): Promise<void>;
  /** The browser blocks the frame on pages opened from now on, until the answer is called. */
  blockFrame(): Promise<() => Promise<void>>;
  /** Of its device; to be asked for while no other tab of the person has one. */
  sleeper(): Promise<Sleeper>;
}

/** Asleep nothing runs, and what was held or connected stays so. */
export interface Sleeper {
  sleep(): Promise<void>;
  wake(): Promise<void>;
}

/** A profile of its own: its tabs share what is stored, with nobody else's. */
export interface Person {
  open(): Promise<Tab>;
  leave(): Promise<void>;
}

/** How a person has set his browser up. */
export type Habits = {
  /** Keeps nothing for a frame of another site. */
  readonly noStorage?: true;
  /** Has a content blocker; without it a frame cannot be blocked. */
  readonly blocker?: true;
  /** Has a microphone, and lets every page use it. Nobody stands before it: it beeps or hums. */
  readonly microphone?: true;
};

export interface OtherBrowser {
  person(): Promise<Person>;
  close(): Promise<void>;
}

/** Where the widget is drawn: browsers without shadow roots get it as plain as it is. */
export const ROOT = `((host) => host.shadowRoot || host)(document.querySelector("#shopbell"))`;

export const inShadow = (selector: string): string =>
  `${ROOT}.querySelector(${JSON.stringify(selector)})`;

export const testId = (id: string): string => `[data-testid=${id}]`;

const FILE_FIELD = "input[type=file]";

/** What a person does and sees, whatever the browser. */
export class OtherVisitor {
  constructor(readonly tab: Tab) {}

  async ring(): Promise<void> {
    await expect.poll(() => this.there(inShadow(testId("bubble")))).toBe(true);
    // Where it was open on the page before, it comes back by itself.
    if (!(await this.tab.page(`/^open/.test(localStorage.getItem("shopbell"))`))) {
      await this.tab.click(inShadow(testId("bubble")));
    }
    await this.sees("composer");
  }

  async say(text: string): Promise<void> {
    await this.tab.type(testId("composer"), `${text}\n`);
  }

  /** Presses what the test id names in the frame, once it is there. */
  async press(id: string): Promise<void> {
    await this.sees(id);
    await this.tab.press(testId(id));
  }

  /** Presses the clip and picks a file, without the system's dialog. */
  async attach(path: string): Promise<void> {
    await this.tab.frame(`HTMLInputElement.prototype.click = () => undefined`);
    await this.press("attach");
    await this.seesAt(FILE_FIELD);
    await this.tab.choose(FILE_FIELD, path);
  }

  /** An expression that names something in the shop's page. */
  async there(script: string): Promise<boolean> {
    try {
      return (await this.tab.page(`!!(${script})`)) === true;
    } catch {
      return false;
    }
  }

  async sees(id: string): Promise<void> {
    await this.seesAt(testId(id));
  }

  async seesAt(selector: string): Promise<void> {
    const count = `document.querySelectorAll(${JSON.stringify(selector)}).length`;
    await expect.poll(() => this.ask(count), { message: `no ${selector}` }).toBeGreaterThan(0);
  }

  /** Messages as they stand: words and state. */
  async messages(): Promise<{ text: string; state: string }[]> {
    const all = `[...document.querySelectorAll(${JSON.stringify(testId("message"))})]`;
    const row = "({text: each.innerText.trim(), state: each.dataset.state})";
    const found = await this.ask(`${all}.map((each) => ${row})`);
    return Array.isArray(found) ? found : [];
  }

  async state(text: string): Promise<string> {
    return (await this.messages()).find((each) => each.text === text)?.state ?? "absent";
  }

  /** Those of the given sentences that are shown, as often and in the order as they are. */
  async saidOf(sentences: readonly string[]): Promise<string[]> {
    const texts = (await this.messages()).map(({ text }) => text);
    return texts.filter((text) => sentences.includes(text));
  }

  async texts(id: string): Promise<string[]> {
    const all = `[...document.querySelectorAll(${JSON.stringify(testId(id))})]`;
    const found = await this.ask(`${all}.map((each) => each.innerText)`);
    return Array.isArray(found) ? found : [];
  }

  /** What the panel says that the loader draws where the frame cannot be. */
  async panelText(): Promise<string> {
    try {
      return String(await this.tab.page(`${inShadow(testId("panel"))}.innerText`));
    } catch {
      return "";
    }
  }

  // A frame that is on its way answers nothing yet.
  private async ask(script: string): Promise<unknown> {
    try {
      return await this.tab.frame(script);
    } catch {
      return undefined;
    }
  }
}
