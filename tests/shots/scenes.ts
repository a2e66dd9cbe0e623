// Every state that a person can meet, as a script for the device.
import { Errc } from "../../web/engine/src/gen/errors.ts";
import { file, film, picture, voice } from "./pictures.ts";
import type { Conversation, Said, Script } from "./script.ts";
import { words, type Language } from "./words.ts";

/** When the pictures are taken: a Monday morning in Shanghai. */
export const now = new Date("2026-03-02T10:30:00+08:00");
const minute = 60_000;
export const ago = (minutes: number): number => now.getTime() - minutes * minute;
const log = (number: number): string => `${number}`.repeat(32).slice(0, 32);

const online = { state: 2, code: 0 };
const offline = { state: 3, code: 0 };

function shopOf(language: Language): NonNullable<Script["shop"]> {
  return { name: words[language].shop, fresh: true, domains: ["localhost", "127.0.0.1"] };
}

function talk(language: Language): Said[] {
  const said = words[language];
  const { agent: name } = said;
  return [
    {
      by: "customer",
      title: said.product,
      url: "https://shop.example/bags/tote",
      locale: language,
      device: "Chrome 156, Android, 390 x 844",
      product: {
        name: said.product,
        sku: "TOTE-01",
        url: "https://shop.example/bags/tote",
        price: said.price,
      },
      cart: {
        items: [
          { name: said.product, quantity: 1, price: said.price },
          { name: said.strap, quantity: 2, price: said.strapPrice },
        ],
        total: said.total,
      },
      timeMs: ago(24 * 60 + 26),
    },
    { by: "customer", text: said.question, timeMs: ago(24 * 60 + 25) },
    { by: "desk", text: said.greeting, timeMs: ago(24 * 60 + 25) },
    { by: "customer", text: said.photo, timeMs: ago(24 * 60 + 24) },
    { by: "agent", name, text: said.answer, timeMs: ago(9) },
    { by: "agent", name, text: said.follow, timeMs: ago(8) },
    { by: "customer", text: said.thanks, timeMs: ago(6) },
    { by: "customer", text: said.later, timeMs: ago(5) },
  ];
}

export function conversation(language: Language, more: Partial<Conversation> = {}): Conversation {
  return { log: log(1), messages: talk(language), delivered: 8, read: 8, ...more };
}

export function script(language: Language, more: Partial<Script> = {}): Script {
  const shop = shopOf(language);
  return { storage: "kept", connection: online, shop, conversations: [], ...more };
}

export type Scene = (language: Language) => Script;

/** Answers with quotes, an edit, a recall, signs. */
function amended(language: Language): Said[] {
  const said = words[language];
  const { agent: name } = said;
  const said_by = { customer: 1, agent: 2 } as const;
  const to = (by: keyof typeof said_by, place: number) => ({ to: { by: said_by[by], place } });
  return [
    ...talk(language),
    { by: "agent", name, text: said.follow, timeMs: ago(4), ...to("customer", 2) },
    { by: "customer", text: said.thanks, timeMs: ago(3), quote: said.answer, ...to("agent", 99) },
    { by: "customer", text: said.later, timeMs: ago(3), does: "edit", ...to("customer", 8) },
    { by: "customer", timeMs: ago(2), does: "recall", ...to("customer", 7) },
    { by: "agent", name, text: "\u{1f44d}", timeMs: ago(2), does: "sign", ...to("customer", 8) },
    { by: "customer", text: "\u{1f44d}", timeMs: ago(1), does: "sign", ...to("customer", 8) },
    { by: "customer", text: "\u{1f389}", timeMs: ago(1), does: "sign", ...to("agent", 6) },
  ];
}

/** Pictures, a film, files. */
function shows(language: Language): Said[] {
  const said = words[language];
  const { agent: name } = said;
  return [
    ...talk(language).slice(0, 3),
    { by: "customer", text: said.photo, timeMs: ago(9), shows: picture(true, said.photo) },
    { by: "customer", text: said.product, timeMs: ago(8), shows: picture(false) },
    { by: "agent", name, text: said.product, timeMs: ago(7), shows: film() },
    { by: "agent", name, text: "A-2071.pdf", timeMs: ago(6), shows: file("A-2071.pdf", 182_000) },
    { by: "agent", name, text: "voice", timeMs: ago(5), shows: voice() },
    { by: "customer", text: "fdp.exe", timeMs: ago(5), shows: file("\u202efdp.exe", 912_000) },
  ];
}

const with_talk =
  (more: Partial<Conversation>, around: Partial<Script> = {}): Scene =>
  (language) =>
    script(language, { conversations: [conversation(language, more)], ...around });

const ended =
  (...last: ((language: Language) => Said)[]): Scene =>
  (language) => {
    const messages = [...talk(language), ...last.map((make) => make(language))];
    return script(language, { conversations: [conversation(language, { messages })] });
  };

const second = (language: Language): Conversation => ({
  log: log(2),
  messages: [
    { by: "customer", title: words[language].product, timeMs: ago(60 * 24 * 4 + 1) },
    { by: "customer", text: words[language].other, timeMs: ago(60 * 24 * 4) },
    {
      by: "agent",
      name: words[language].agent,
      text: words[language].otherAnswer,
      timeMs: ago(60 * 24 * 4 - 7),
    },
  ],
  delivered: 3,
  read: 3,
  ownRead: 2,
  unread: 1,
});

/** What the visitor's frame can show. */
export const frameScenes: Record<string, Scene> = {
  greeting: (language) => script(language),
  talk: with_talk({}),
  typing: with_talk({ typing: "agent" }),
  amended: (language) =>
    script(language, { conversations: [conversation(language, { messages: amended(language) })] }),
  sent: with_talk({ delivered: 4, read: 4 }),
  delivered: with_talk({ delivered: 8, read: 4 }),
  unread: with_talk({ ownRead: 4, unread: 2 }),
  list: (language) =>
    script(language, { conversations: [conversation(language), second(language)] }),
  offline: (language) => {
    const text = words[language].draft;
    const waiting: Said = { by: "customer", text, timeMs: ago(0), waits: true };
    const messages = [...talk(language), waiting];
    const conversations = [conversation(language, { messages })];
    return script(language, { connection: offline, conversations });
  },
  "somebody else's": with_talk({}, { subject: 5 }),
  "before a log-out": (language) => {
    const text = words[language].draft;
    const waiting: Said = { by: "customer", text, timeMs: ago(0), waits: true };
    const messages = [...talk(language), waiting];
    const conversations = [conversation(language, { messages })];
    return script(language, { connection: offline, conversations });
  },
  pictures: (language) =>
    script(language, { conversations: [conversation(language, { messages: shows(language) })] }),
  "about to be sent": with_talk({}),
  "a picture before it is sent": with_talk({}),
  "picture in large": (language) =>
    script(language, { conversations: [conversation(language, { messages: shows(language) })] }),
  connecting: with_talk({}, { connection: { state: 1, code: 0 } }),
  "not in sync": with_talk({ behind: true }),
  "set back": with_talk({ held: true }),
  refused: ended((language) => ({
    by: "customer",
    text: words[language].draft,
    timeMs: ago(1),
    refused: Errc.quota,
  })),
  "cannot be opened": ended((language) => ({
    by: "agent",
    name: words[language].agent,
    timeMs: ago(1),
    problem: Errc.body_bad,
  })),
  stranger: ended((language) => ({
    by: "stranger",
    text: words[language].stranger,
    timeMs: ago(1),
  })),
  "shop not confirmed": (language) =>
    script(language, {
      shop: { ...shopOf(language), fresh: false },
      conversations: [conversation(language)],
    }),
  "wrong shop": (language) =>
    script(language, { connection: { state: 4, code: Errc.wrong_shop } }),
  "this visit only": with_talk({}, { storage: "session" }),
  "storage refused": (language) => script(language, { storage: "refused" }),
  crashed: (language) => script(language, { crashed: true }),
  emoji: with_talk({}),
  "emoji finds nothing": with_talk({}),
  menu: with_talk({}),
  "what to do with a message": with_talk({}),
  "search of what was said": with_talk({}),
  "search finds nothing": with_talk({}),
  gallery: (language) =>
    script(language, { conversations: [conversation(language, { messages: shows(language) })] }),
  answering: with_talk({}),
  "recall asked": with_talk({}),
  "what the lock means": with_talk({}),
  "who is confirmed": with_talk({}),
  "kept nothing": (language) => script(language),
  "a file that is too large": with_talk({}, { blobBytesMax: 100 }),
  "microphone refused": with_talk({}),
  "what the page offers": with_talk({}),
  "ended here": with_talk({}),
  starting: (language) => script(language, { starting: true }),
  "shop unknown": (language) =>
    script(language, { connection: { state: 4, code: Errc.closed_shop_unknown } }),
  "link made": with_talk({}, { link: { step: 1 } }),
  "link, let in": with_talk({}, { link: { step: 2, digits: 204815 } }),
  "link, there": with_talk({}, { link: { step: 3 } }),
  "link opened": (language) => script(language),
  "link, calling": (language) => script(language, { link: { step: 5 } }),
  "link, six digits": (language) => script(language, { link: { step: 6, digits: 204815 } }),
  "link, here": (language) => script(language, { link: { step: 3 } }),
  "link, too late": (language) =>
    script(language, { link: { step: 4, code: Errc.link_expired } }),
  "own tab": with_talk({}),
  accent: (language) => {
    const conversations = [conversation(language)];
    return script(language, { shop: { ...shopOf(language), accent: "#ffd400" }, conversations });
  },
};

function inbox(language: Language): Conversation[] {
  const said = words[language];
  const team = (number: number) => ({ teamLog: log(number + 4) });
  return [
    conversation(language, {
      ...team(1),
      creator: 1,
      notes: [{ by: "agent", name: said.agent, text: said.note, timeMs: ago(7) }],
      waitingSinceMs: ago(6),
      tags: said.tags,
    }),
    { ...second(language), ...team(2), creator: 1, unread: 0, ownRead: 3 },
    {
      ...team(3),
      log: log(3),
      creator: 30,
      messages: [{ by: "customer", text: said.other, timeMs: ago(26) }],
      waitingSinceMs: ago(26),
      unread: 1,
      ownRead: 0,
    },
  ];
}

export const desk = (more: Partial<Script> = {}): Scene =>
  (language) => script(language, { conversations: inbox(language), ...more });

/** What the console can show; `#log=` in the address opens the conversation. */
export const consoleScenes: Record<string, Scene> = {
  join: (language) => script(language, { uncertified: true }),
  "join on another device": (language) => script(language, { uncertified: true, beside: true }),
  "not invited": (language) => script(language, { uncertified: true }),
  "several open": desk(),
  answering: desk(),
  "only reads": desk({ role: 3 }),
  "this visit only": desk({ storage: "session" }),
  "no messages found": desk(),
  "what was changed": (language) => {
    const [first, ...others] = inbox(language);
    const conversations = first ? [{ ...first, messages: amended(language) }, ...others] : others;
    return script(language, { conversations });
  },
  "inbox empty": (language) => script(language),
  inbox: desk(),
  talk: desk(),
  offline: desk({ then: offline }),
  "certificate ended": desk({ certificateEndsMs: ago(60) }),
  "key map": desk(),
  palette: desk(),
  "palette finds nothing": desk(),
  settings: desk(),
  "picture refused": desk(),
  note: desk(),
  emoji: desk(),
  "search finds nothing": desk(),
  "what to do with a message": desk(),
  "messages found": desk(),
  away: desk(),
  "customer over": desk(),
  pictures: (language) => {
    const [first, ...others] = inbox(language);
    const conversations = first ? [{ ...first, messages: shows(language) }, ...others] : others;
    return script(language, { conversations });
  },
  "a customer who is logged in": (language) => {
    const [first, ...others] = inbox(language);
    const subjectName = words[language].colleague;
    const known = first ? [{ ...first, subject: "customer-20931", subjectName }] : [];
    return script(language, { conversations: [...known, ...others] });
  },
  "not sent": (language) => {
    const { agent: name, draft, otherAnswer } = words[language];
    const [first, ...others] = inbox(language);
    const waiting: Said[] = [
      { by: "agent", name, text: otherAnswer, timeMs: ago(2), refused: Errc.quota },
      { by: "agent", name, text: draft, timeMs: ago(0), waits: true },
    ];
    const messages = [...(first?.messages ?? []), ...waiting];
    const conversations = first ? [{ ...first, messages }, ...others] : others;
    return script(language, { conversations, then: offline });
  },
};
