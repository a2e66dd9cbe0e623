// Previews of links: when the desk is asked, what goes along with a message, and whose is shown.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Previews } from "../../web/console/previews.ts";
import type { CoreEvent, Engine } from "../../web/engine/src/client.ts";
import { decode, encode } from "../../web/engine/src/codec.ts";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import {
  ContentKind,
  LinkPreview,
  PreviewRequest,
  Text,
} from "../../web/engine/src/gen/wire.ts";
import {
  AuthorClass,
  emptyConversation,
  reduce,
  type Item,
} from "../../web/ui/src/conversation.ts";
import { previewOf } from "../../web/ui/src/tools/words.tsx";

const BAG = "https://shop.example/bag";
const PREVIEW: LinkPreview = { url: BAG, title: "A bag", description: "Leather", site: "Camellia" };

type Answers = Record<string, { code: number; body?: Uint8Array }>;

/** A desk that answers by address; `asked` are those it was asked for. */
function deskWith(answers: Answers) {
  const asked: string[] = [];
  const engine = {
    on: () => () => undefined,
    request: (method: string, request: Uint8Array) => {
      assert.equal(method, "preview.get");
      const { url } = decode(PreviewRequest, request);
      asked.push(url);
      return Promise.resolve({ body: new Uint8Array(), ...answers[url] });
    },
  };
  return { asked, previews: new Previews(engine as unknown as Engine) };
}

async function pause(): Promise<void> {
  mock.timers.tick(500);
  await Promise.resolve();
  await Promise.resolve();
}

const found = { code: 0, body: encode(LinkPreview, PREVIEW) };

test("the desk is asked once the address stands, and its answer goes along", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { asked, previews } = deskWith({ [BAG]: found });
  for (const typed of ["look: https://shop.example/b", `look: ${BAG}`]) {
    previews.follow(typed);
  }
  await pause();
  assert.deepEqual(asked, [BAG], "half an address is not visited");
  previews.follow(`look: ${BAG} soft`);
  await pause();
  assert.deepEqual(asked, [BAG]);
  assert.deepEqual(decode(LinkPreview, previews.take(`look: ${BAG} soft`)), PREVIEW);
  assert.equal(previews.take("another text").length, 0);
  mock.timers.reset();
});

test("what was taken away, what has none, and a shop without previews ask no more", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const none = "https://shop.example/none";
  const { asked, previews } = deskWith({
    [BAG]: found,
    [none]: { code: Errc.preview_none },
    "https://shop.example/off": { code: Errc.preview_off },
  });
  previews.follow(BAG);
  await pause();
  previews.drop();
  assert.equal(previews.take(BAG).length, 0);
  previews.follow(none);
  await pause();
  previews.follow("");
  previews.follow(none);
  await pause();
  assert.deepEqual(asked, [BAG, none]);
  previews.follow("https://shop.example/off");
  await pause();
  previews.follow("https://shop.example/more");
  await pause();
  assert.equal(asked.length, 3);
  mock.timers.reset();
});

function messageBy(authorClass: number, text: string, preview = PREVIEW, mine = false): Item {
  const event = {
    type: "message",
    log: new Uint8Array(16),
    seq: 3,
    counter: 3,
    ref: 0,
    author: new Uint8Array(32),
    authorClass,
    authorName: "",
    mine,
    kind: ContentKind.TEXT,
    content: encode(Text, { text, preview: encode(LinkPreview, preview) }),
    fallback: text,
    problem: 0,
    timeMs: 1,
    targetAuthor: new Uint8Array(32),
    targetCounter: 0,
    targetSeq: 0,
    history: false,
  } as unknown as CoreEvent;
  return reduce(emptyConversation("00"), event).items[0] as Item;
}

test("a preview is shown of the shop's own links, in the words they were sent with", () => {
  const { shop, customer, stranger, desk } = AuthorClass;
  const text = `look: ${BAG}`;
  assert.deepEqual(previewOf(messageBy(shop, text), text, "customer"), PREVIEW);
  assert.deepEqual(previewOf(messageBy(desk, text), text, "shop"), PREVIEW);
  assert.deepEqual(previewOf(messageBy(0, text, PREVIEW, true), text, "shop"), PREVIEW);
  for (const by of [customer, stranger, 0]) {
    assert.equal(previewOf(messageBy(by, text), text, "shop"), undefined, "no one else's");
    assert.equal(previewOf(messageBy(by, text, PREVIEW, true), text, "customer"), undefined);
  }
  assert.equal(previewOf(messageBy(shop, text), "edited", "customer"), undefined);
  const elsewhere = { ...PREVIEW, url: "https://evil.example/" };
  assert.equal(previewOf(messageBy(shop, text, elsewhere), text, "customer"), undefined);
  const script = { ...PREVIEW, url: "javascript:alert(1)" };
  assert.equal(previewOf(messageBy(shop, text, script), text, "customer"), undefined);
});
