// What a test does to the workers of a page: runs a script in them before their own, and stops
// them as a browser does that puts a tab to sleep.
import type { CDPSession, Frame, Page } from "@playwright/test";

/** Runs a script in each worker of the page's person before its own. */
export async function inWorker(page: Page, script: string): Promise<void> {
  await page.context().route(/engine\/worker/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: script + (await response.text()) });
  });
}

/** The one worker of a page or frame, by the DevTools protocol. */
export class WorkerOf {
  private count = 0;

  private constructor(
    private readonly session: CDPSession,
    private readonly id: string,
  ) {}

  static async find(page: Page, frame?: Frame): Promise<WorkerOf> {
    const session = await page.context().newCDPSession(frame ?? page);
    const attached = new Promise<string>((resolve) =>
      session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
        if (targetInfo.type === "worker") {
          resolve(sessionId);
        }
      }),
    );
    const options = { autoAttach: true, waitForDebuggerOnStart: false, flatten: false };
    await session.send("Target.setAutoAttach", options);
    const worker = new WorkerOf(session, await attached);
    await worker.say("Debugger.enable");
    return worker;
  }

  private async say(method: string): Promise<void> {
    const message = JSON.stringify({ id: ++this.count, method });
    await this.session.send("Target.sendMessageToTarget", { sessionId: this.id, message });
  }

  private heard(method: string): Promise<void> {
    return new Promise((resolve) => {
      const take = ({ message }: { message: string }): void => {
        if (message.includes(`"method":"${method}"`)) {
          this.session.off("Target.receivedMessageFromTarget", take);
          resolve();
        }
      };
      this.session.on("Target.receivedMessageFromTarget", take);
    });
  }

  /** Stands still from its next step on; what is meant for it waits. */
  async sleep(): Promise<void> {
    const paused = this.heard("Debugger.paused");
    await this.say("Debugger.pause");
    await paused;
  }

  async wake(): Promise<void> {
    const resumed = this.heard("Debugger.resumed");
    await this.say("Debugger.resume");
    await resumed;
  }
}
