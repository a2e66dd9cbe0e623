// The console's side of files: what their part has to know of the conversation that is open.
import { fromHex } from "../engine/src/text.ts";
import { emptyConversation } from "../ui/src/conversation.ts";
import { Files } from "../ui/src/files.ts";
import type { OpenMedia, Shown } from "../ui/src/media/host.ts";
import type { ConsoleApp } from "./app.ts";

type Parts = { readonly openMedia: OpenMedia };

const asset = (path: string): URL => new URL(`../${path}`, location.href);

export function filesOf(app: ConsoleApp, shop: string, relayUrl: string): Files {
  const host = {
    app: "console",
    shop,
    relayUrl,
    asset,
    locale: () => app.locale.peek(),
    conversation: () => app.conversation.peek() ?? emptyConversation(""),
    send: (log: string, shown: Shown) => void app.session.show(fromHex(log), shown),
    focus: () => void app.focus.value++,
  } as const;
  let failures = 0;
  const fetch = async (): Promise<Parts> => {
    const url = asset(__PARTS_URL__);
    // Browsers remember under which address a script could not be had.
    url.hash = failures ? String(failures) : "";
    try {
      return (await import(url.href)) as Parts;
    } catch (error) {
      failures++;
      throw error;
    }
  };
  return new Files(app.session, host, fetch);
}
