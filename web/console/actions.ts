// Everything that a key does, once: for the keyboard, its map and the palette.
import type { ConsoleApp } from "./app.ts";
import type { ConsoleKey } from "./i18n/index.ts";

export type Action = {
  readonly id: string;
  readonly name: ConsoleKey;
  readonly group: "keysInbox" | "keysTalk" | "keysRest";
  /** As they are shown; the first is what `listenToKeys` hears. */
  readonly keys: readonly string[];
  /** It makes no sense to choose it by name. */
  readonly keyOnly?: boolean;
  /** For those who run the shop. */
  readonly needsAdmin?: boolean;
  /** It acts on the conversation in view. */
  readonly needsTalk?: boolean;
  run(app: ConsoleApp): void;
};

export const actions: readonly Action[] = [
  { id: "down", name: "keyDown", group: "keysInbox", keys: ["j"], keyOnly: true,
    run: (app) => app.step(1) },
  { id: "up", name: "keyUp", group: "keysInbox", keys: ["k"], keyOnly: true,
    run: (app) => app.step(-1) },
  { id: "open", name: "keyOpen", group: "keysInbox", keys: ["Enter"], keyOnly: true,
    run: (app) => app.openSelected() },
  { id: "search", name: "keySearch", group: "keysInbox", keys: ["/"],
    run: (app) => app.search() },
  { id: "find", name: "keyFind", group: "keysInbox", keys: ["f"],
    run: (app) => app.showFind() },
  { id: "inbox", name: "keyInbox", group: "keysInbox", keys: ["i"],
    run: (app) => app.toggleInbox() },

  { id: "reply", name: "keyReply", group: "keysTalk", keys: ["r"], needsTalk: true,
    run: (app) => app.setMode("reply") },
  { id: "note", name: "keyNote", group: "keysTalk", keys: ["n"], needsTalk: true,
    run: (app) => app.setMode("note") },
  { id: "card", name: "keyCard", group: "keysTalk", keys: ["d"], needsTalk: true,
    run: (app) => app.openCards() },
  { id: "close", name: "keyClose", group: "keysTalk", keys: ["e"], needsTalk: true,
    run: (app) => app.close() },
  { id: "previous", name: "keyPrevious", group: "keysTalk", keys: ["["], needsTalk: true,
    run: (app) => app.stepOpen(-1) },
  { id: "next", name: "keyNext", group: "keysTalk", keys: ["]"], needsTalk: true,
    run: (app) => app.stepOpen(1) },
  { id: "number", name: "keyNumber", group: "keysTalk", keys: ["Alt+1-8"], keyOnly: true,
    run: () => undefined },
  { id: "customer", name: "keyCustomer", group: "keysTalk", keys: ["c"], needsTalk: true,
    run: (app) => app.toggleCustomer() },
  { id: "gallery", name: "gallery", group: "keysTalk", keys: ["p"], needsTalk: true,
    run: (app) => (app.files.can.peek() ? app.files.gallery() : undefined) },
  { id: "tag", name: "keyTag", group: "keysTalk", keys: ["t"], needsTalk: true,
    run: (app) => app.tag() },

  { id: "palette", name: "keyPalette", group: "keysRest", keys: ["Ctrl+K"], keyOnly: true,
    run: (app) => void (app.dialog.value = "palette") },
  { id: "away", name: "keyAway", group: "keysRest", keys: ["s"],
    run: (app) => app.toggleAway() },
  { id: "unsent", name: "keyUnsent", group: "keysRest", keys: ["u"],
    run: (app) => void (app.dialog.value = "unsent") },
  { id: "settings", name: "keySettings", group: "keysRest", keys: ["g"],
    run: (app) => void (app.dialog.value = "settings") },
  { id: "shop", name: "keyShop", group: "keysRest", keys: ["g a"], needsAdmin: true,
    run: (app) => app.openShop() },
  { id: "map", name: "keyMap", group: "keysRest", keys: ["?"],
    run: (app) => void (app.dialog.value = "keys") },
];
