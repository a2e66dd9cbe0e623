// The visitor's files in Firefox and in WebKitGTK; the agent in Chromium.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WIDE_JPEG } from "../../shots/pictures.ts";
import { expect, others, testIn } from "./fixtures.ts";
import { OtherVisitor } from "./visitor.ts";

const question = "拉链坏了，买了不到一个月，能保修吗？";

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Bytes that the page's origin keeps as files; 0 where it can keep none. */
const KEPT = `(async () => {
  const sum = async (folder) => {
    let bytes = 0;
    for await (const each of folder.values()) {
      bytes += each.kind === "file" ? (await each.getFile()).size : await sum(each);
    }
    return bytes;
  };
  return navigator.storage.getDirectory ? sum(await navigator.storage.getDirectory()) : 0;
})()`;

for (const [name, open] of Object.entries(others)) {
  const test = testIn(open).extend<{ folder: string }>({
    folder: async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), "shopbell-files-"));
      await use(folder);
      await rm(folder, { recursive: true });
    },
  });

  test(`${name}: a picture comes to the agent byte for byte`, async ({ visit, people, folder }) => {
    const visitor = await visit();
    await visitor.ring();
    await visitor.say(question);
    const picture = join(folder, "zip.jpg");
    await writeFile(picture, WIDE_JPEG);
    await visitor.attach(picture);
    await visitor.seesAt("[data-testid=outgoing][data-state=ready]");
    await visitor.say("就是这里");
    await visitor.seesAt("[data-testid=picture][data-here=true]");

    const agent = await people.agent("小林");
    await agent.openFirst();
    const seen = agent.page.getByTestId("picture");
    await expect(seen).toHaveAttribute("data-here", "true");
    await seen.click();
    const taken = agent.page.waitForEvent("download");
    await agent.page.getByTestId("lightbox-download").click();
    const bytes = await readFile(await (await taken).path());
    expect(digestOf(bytes)).toBe(digestOf(WIDE_JPEG));
  });

  test(`${name}: a file whose page was closed before the end`, async ({
    visit,
    person,
    server,
    people,
    folder,
  }) => {
    test.setTimeout(120_000);
    const visitor = await visit();
    await visitor.ring();
    await visitor.say(question);
    await expect.poll(() => visitor.state(question)).toBe("delivered");
    // What sends files is here with the first one.
    const picture = join(folder, "zip.jpg");
    await writeFile(picture, WIDE_JPEG);
    await visitor.attach(picture);
    await visitor.seesAt("[data-testid=outgoing][data-state=ready]");
    await visitor.say("就是这里");
    await visitor.seesAt("[data-testid=picture][data-here=true]");
    const bytes = Buffer.alloc(2_000_000, "Ledger 0415. ");
    const ledger = join(folder, "ledger.bin");
    await writeFile(ledger, bytes);
    await visitor.attach(ledger);
    await visitor.seesAt("[data-testid=outgoing][data-state=ready]");
    server.freeze();
    await visitor.say("账本");
    const rows = `[...document.querySelectorAll("[data-testid=outgoing]")]`;
    const states = `${rows}.map((row) => row.dataset.state)`;
    await expect.poll(() => visitor.tab.frame(states)).toEqual(["sending"]);
    if (name === "Firefox") {
      await expect.poll(() => visitor.tab.frame(KEPT)).toBeGreaterThan(bytes.length);
    }
    const tab = await person.open();
    await visitor.tab.close();
    server.thaw();
    await tab.goto(server.addresses.shops);
    const next = new OtherVisitor(tab);
    await next.ring();
    const agent = await people.agent("小林");
    await agent.openFirst();
    if (name === "WebKitGTK") {
      // It keeps no file for a page: the next one asks for it again.
      await next.seesAt("[data-testid=outgoing][data-state=left]");
      expect((await next.texts("outgoing")).join()).toContain("ledger.bin");
      return;
    }
    const row = agent.page.getByTestId("file");
    await expect(row).toContainText("ledger.bin");
    const taken = agent.page.waitForEvent("download");
    await row.getByTestId("download").click();
    expect(digestOf(await readFile(await (await taken).path()))).toBe(digestOf(bytes));
  });
}
