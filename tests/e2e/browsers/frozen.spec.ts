// A leading tab that falls silent, in each browser: another takes its place within seconds, and
// woken it writes nothing. In Chromium the debugger stops its worker; elsewhere its whole process
// is stopped, as a system does that lacks memory.
import { all as browsers, expect, testIn } from "./fixtures.ts";
import type { OtherVisitor } from "./visitor.ts";

/** Says on a channel which worker has written; a worker is named by a number of its own. */
const WRITES = `
  const test_name = Math.random();
  const test_writes = new BroadcastChannel("test writes");
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (names, mode, options) {
    const begun = transaction.call(this, names, mode, options);
    if (mode === "readwrite") {
      begun.addEventListener("complete", () => test_writes.postMessage(test_name));
    }
    return begun;
  };
`;

const HEAR = `(() => {
  window.heard = [];
  new BroadcastChannel("test writes").onmessage = ({ data }) => heard.push(data);
})()`;

/** It rises each time that the store is taken over. */
const TERM = `new Promise((resolve) => {
  const shop = new URLSearchParams(location.hash.slice(1)).get("shop");
  const opening = indexedDB.open("shopbell:widget:" + shop);
  opening.onsuccess = () => {
    const reading = opening.result.transaction("meta").objectStore("meta").get("term");
    reading.onsuccess = () => {
      opening.result.close();
      resolve(reading.result);
    };
  };
})`;

const writersIn = async (visitor: OtherVisitor): Promise<number[]> =>
  (await visitor.tab.frame("heard")) as number[];

for (const [name, open] of Object.entries(browsers)) {
  const test = testIn(open);
  test.use({ workerScript: WRITES });

  test(`${name}: a leader that falls silent is replaced, and woken it writes nothing`, async ({
    visit,
    people,
  }) => {
    const first = await visit();
    await first.ring();
    await first.tab.frame(HEAR);
    await first.say("开始");
    await expect.poll(() => first.state("开始")).toBe("delivered");
    const [leader] = await writersIn(first);
    expect(leader).toBeDefined();
    const sleeper = await first.tab.sleeper();
    const second = await visit();
    await second.ring();
    await expect.poll(() => second.saidOf(["开始"])).toEqual(["开始"]);
    const agent = await people.agent("小林");
    await agent.openFirst();
    await expect.poll(() => second.state("开始")).toBe("read");
    await second.tab.frame(HEAR);
    const term = (await second.tab.frame(TERM)) as number;

    // The page of a sleeping worker takes what is written, that of a sleeping process does not.
    const takes = name === "Chromium";
    let before: number;
    let taken: number;
    await sleeper.sleep();
    try {
      await second.say("有人吗");
      await agent.say("在的。");
      await expect.poll(() => second.state("有人吗")).toBe("read");
      await expect.poll(() => second.saidOf(["在的。"])).toEqual(["在的。"]);
      taken = (await second.tab.frame(TERM)) as number;
      expect(taken).toBeGreaterThan(term);
      before = (await writersIn(second)).length;
      if (takes) await first.say("还有一句");
    } finally {
      await sleeper.wake();
    }
    if (!takes) await first.say("还有一句");
    await expect.poll(() => first.state("还有一句")).toBe("read");
    await second.say("都到了");
    await expect.poll(() => first.state("都到了")).toBe("read");
    const all = ["开始", "有人吗", "在的。", "还有一句", "都到了"];
    const seen = await agent.saidOf(all);
    expect([...seen].sort()).toEqual([...all].sort());
    for (const tab of [first, second]) {
      await expect.poll(() => tab.saidOf(all)).toEqual(seen);
    }
    expect(await second.tab.frame(TERM), "taken over once").toBe(taken);
    const writers = (await writersIn(second)).slice(before);
    expect(writers).not.toHaveLength(0);
    expect(writers).not.toContain(leader);
  });
}
