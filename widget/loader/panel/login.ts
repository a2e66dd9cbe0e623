// Who the page's own login says is here: tokens on their way to the frame, and what became of them.
import type { Core } from "../core.ts";
import type { Talk, Word } from "./talk.ts";

/** A token for the device that is named, or a way to get one. */
type Source = (asked: { deviceId: string }) => unknown;

type Settle = { resolve: (value?: unknown) => void; reject: (error: Error) => void };

export type Login = ReturnType<typeof createLogin>;
export type Logins = { createLogin: typeof createLogin };

/** These pass once the page signs anew; once, or a wrong clock would ask for ever. */
const AGAIN = /expired|used|device/;

/** `device`: what the frame said of itself before this was here. */
export function createLogin(core: Core, talk: Talk, open: () => unknown, device?: Word) {
  let source: Source | undefined;
  let id = "";
  let again = true;
  let asked: Settle | undefined;
  let leaving: Settle | undefined;
  let devices: ((id: string) => void)[] = [];

  const fail = (cause: string): void => {
    const error = core.report(cause, "see docs/EMBED.md, customers who are logged in");
    asked?.reject(error);
    asked = undefined;
  };
  const ask = async (): Promise<void> => {
    const from = source!;
    const device = id;
    let token: unknown = "";
    try {
      token = await from({ deviceId: device });
    } catch {
      // The sentence below says it.
    }
    // Somebody else was named meanwhile, or the device is another one now.
    if (from !== source || device !== id) {
      return;
    }
    if (token && typeof token === "string") {
      talk.tell("identify", { token });
    } else {
      talk.tell("identify", { token: "" });
      fail("identity_token");
    }
  };
  const login = {
    /** The person has logged out. */
    left: false,
    identify(given: unknown): Promise<unknown> {
      source = typeof given === "function" ? (given as Source) : () => given;
      again = typeof given === "function";
      login.left = false;
      const known = new Promise((resolve, reject) => (asked = { resolve, reject }));
      known.catch(() => 0);
      if (id) {
        void ask();
      }
      return known;
    },
    device: (): Promise<string> =>
      new Promise((resolve) => (id ? resolve(id) : devices.push(resolve))),
    logout(): Promise<unknown> {
      talk.tell("logout", {});
      return new Promise((resolve, reject) => (leaving = { resolve, reject }));
    },
    /** Another device will come. */
    begin(): void {
      id = "";
      login.left = false;
    },
    heard({ type, cause, id: device }: Word): void {
      if (type === "device" && device !== id) {
        id = device!;
        devices.splice(0).forEach((resolve) => resolve(id));
        if (source) {
          void ask();
        }
      } else if (type === "identified" && !cause) {
        asked?.resolve();
        core.fire(type);
      } else if (type === "identified" && again && AGAIN.test(cause!)) {
        again = false;
        void ask();
      } else if (type === "identified" && cause !== "identity_other") {
        fail(cause!);
      } else if (type === "asks") {
        open();
      } else if (type === "stayed") {
        leaving?.resolve(false);
      } else if (type === "gone") {
        login.left = !!leaving;
        if (leaving) {
          source = undefined;
          leaving.resolve(true);
          leaving = undefined;
        }
      }
    },
  };
  if (device) {
    login.heard(device);
  }
  return login;
}
