// Who sits before the device, as the shop's own login says: what the page hands over, what may be
// shown meanwhile, and the end of a device whose person has left. What belongs to somebody is shown
// only while the page says that it is he, or says nothing of logins at all.
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Engine, EngineEvent } from "../../web/engine/src/client.ts";
import { toBase64Url, toHex } from "../../web/engine/src/text.ts";
import { errorName } from "../../web/ui/i18n/error_name.ts";
import type { ToPage } from "./host_page.ts";
import { forgetAll } from "./kept.ts";

const NOBODY = "0".repeat(64);

/** `sub` of a token, unproven: the desk proves it. "" where it is no token. */
export function subjectOf(token: string): string {
  try {
    const [, payload = ""] = token.split(".");
    const bytes = atob(payload.replace(/-/g, "+").replace(/_/g, "/"));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
    const { sub } = JSON.parse(text) as { sub?: unknown };
    return typeof sub === "string" ? sub : "";
  } catch {
    return "";
  }
}

async function digestOf(subject: string): Promise<Uint8Array> {
  const text = new TextEncoder().encode(`shopbell subject v1${subject}`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text));
}

export class Identity {
  /** Nothing of the conversations may be seen. */
  readonly veiled: ReadonlySignal<boolean>;
  /** Words that would be lost by a log-out, while the person is asked about them. */
  readonly asks = signal(0);
  /** The device is no more. */
  readonly ended = signal(false);
  /** Whose this device is, in hexadecimal; undefined before that is known. */
  private readonly subject: Signal<string | undefined> = signal(undefined);
  /** Whom the page names; "" nobody yet, undefined where it knows of no logins. */
  private readonly named: Signal<string | undefined> = signal(undefined);
  private readonly page_spoke: Signal<boolean>;
  private readonly leaving = signal(false);

  constructor(
    private readonly engine: Engine,
    own_tab: boolean,
    private readonly say: (word: ToPage) => void,
    /** What is not sent yet; undefined while that is not known. */
    private readonly unsent: () => number | undefined,
  ) {
    this.page_spoke = signal(own_tab);
    this.veiled = computed(() => {
      const subject = this.subject.value;
      if (this.ended.value || subject === undefined) {
        return this.ended.value;
      }
      const stranger = this.named.value !== undefined && this.named.value !== subject;
      return subject !== NOBODY && (!this.page_spoke.value || stranger);
    });
    engine.on((event) => this.take(event));
    effect(() => this.leave_if_known());
  }

  private take(event: EngineEvent): void {
    if (event.type === "ready") {
      this.subject.value = toHex(event.subject);
      this.say({ type: "device", id: toBase64Url(event.device) });
    } else if (event.type === "identified") {
      const cause = event.code ? errorName(event.code) : "";
      this.say({ type: "identified", cause });
      if (cause === "identity_other") {
        this.end();
      }
    } else if (event.type === "ended") {
      this.ended.value = true;
      forgetAll();
      this.say({ type: "gone" });
      if (window.parent === window) {
        location.reload();
      }
    }
  }

  /** The page's first word, and each that tells whether it names its people. */
  pageSpoke(identifies: boolean): void {
    if (identifies && this.named.value === undefined) {
      this.named.value = "";
    }
    this.page_spoke.value = true;
  }

  /** The page has a token; an empty one where its login could give none. */
  async identify(token: string): Promise<void> {
    const subject = subjectOf(token);
    // Until it is known that it is the same person, it may be another.
    this.named.value = "";
    if (!subject) {
      this.say({ type: "identified", cause: "identity_refused" });
      return;
    }
    const digest = await digestOf(subject);
    const name = toHex(digest);
    const known = this.subject.value ?? NOBODY;
    if (known !== NOBODY && known !== name) {
      this.end();
      return;
    }
    this.subject.value = name;
    this.named.value = name;
    this.engine.command("identify", { token, subject: digest });
  }

  /** The page's person leaves. He is asked first where something would be lost. */
  logout(): void {
    this.leaving.value = true;
  }

  private leave_if_known(): void {
    const count = this.leaving.value ? this.unsent() : undefined;
    if (count === undefined) {
      return;
    }
    this.leaving.value = false;
    if (count) {
      this.asks.value = count;
      this.say({ type: "asks" });
    } else {
      this.end();
    }
  }

  /** What the person answered. */
  answer(leaves: boolean): void {
    this.asks.value = 0;
    if (leaves) {
      this.end();
    } else {
      this.say({ type: "stayed" });
    }
  }

  private end(): void {
    this.ended.value = true;
    this.engine.end();
  }
}
