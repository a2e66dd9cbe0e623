// A device of the conversation that says what none of our pages would: its engine gets what the
// page never wrote, and seals, signs and sends it like anything else.
import type { Frame, Page } from "@playwright/test";
import { decode, encode } from "../../web/engine/src/codec.ts";
import { CommandKind, Send } from "../../web/engine/src/gen/wire.ts";

type Command = { readonly command: number; readonly body: Uint8Array; readonly crashes: number };
type Watching = Window & { sent?: { worker: Worker; body: number[]; crashes: number } };

export type Forged = {
  readonly kind: number;
  readonly content?: Uint8Array;
  readonly fallback?: string;
  readonly target?: { readonly author: Uint8Array; readonly counter: number; readonly seq: number };
};

/** Nobody writes so many lines. */
const FIRST_REF = 1_000_000;

export class Forger {
  private count = 0;

  private constructor(private readonly page: Page | Frame) {}

  /** Before the honest message after which `send` may be called. */
  static async in(page: Page | Frame): Promise<Forger> {
    await page.evaluate((send) => {
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (this: Worker, said: Command, moved?: object) {
        if (said.command === send) {
          (window as Watching).sent = { worker: this, body: [...said.body], crashes: said.crashes };
        }
        postMessage.call(this, said, moved);
      };
    }, CommandKind.SEND);
    return new Forger(page);
  }

  async send({ kind, content = new Uint8Array(), fallback = "", target }: Forged): Promise<void> {
    const honest = await this.page.evaluate(() => (window as Watching).sent?.body ?? []);
    const { log } = decode(Send, Uint8Array.from(honest));
    const about = target && {
      targetAuthor: target.author, targetCounter: target.counter, targetSeq: target.seq,
    };
    const ref = FIRST_REF + this.count++;
    const body = encode(Send, { log, ref, kind, content, fallback, ...about });
    await this.page.evaluate(
      ([command, bytes]) => {
        const { worker, crashes = 0 } = (window as Watching).sent ?? {};
        worker?.postMessage({ command, body: Uint8Array.from(bytes), crashes });
      },
      [CommandKind.SEND + 0, [...body]] as const,
    );
  }
}
