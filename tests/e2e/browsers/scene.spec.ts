// The visitor in Firefox and in WebKitGTK, the agent in Chromium.
import { expect, others, testIn } from "./fixtures.ts";

const question = "拉链坏了，买了不到一个月，能保修吗？";
const answer = "可以的，一年内拉链免费保修。";
const later = "新包明天发出，旧包请随快递寄回。";
const thanks = "好的，谢谢。";

for (const [name, open] of Object.entries(others)) {
  const test = testIn(open);

  test(`${name}: the bell rings, and all is there after a reload`, async ({
    visit,
    server,
    people,
  }) => {
    const visitor = await visit();
    await visitor.ring();
    await visitor.say(question);
    await expect.poll(() => visitor.state(question)).toBe("delivered");

    const agent = await people.agent("小林");
    await agent.openFirst();
    await expect(agent.message(question)).toHaveAttribute("data-author-class", "1");
    await expect.poll(() => visitor.state(question)).toBe("read");
    await agent.composer.pressSequentially(answer);
    await expect.poll(async () => (await visitor.texts("typing")).join()).toContain("小林");
    await agent.composer.press("Enter");
    await expect.poll(() => visitor.saidOf([question, answer])).toEqual([question, answer]);
    await expect(agent.message(answer)).toHaveAttribute("data-state", "read");

    // What came while the page was away is there, and the device is the same.
    await visitor.tab.goto("about:blank");
    await agent.say(later);
    await expect(agent.message(later)).toHaveAttribute("data-state", "sent");
    await visitor.tab.goto(server.addresses.shops);
    await visitor.ring();
    const told = [question, answer, later];
    await expect.poll(() => visitor.saidOf(told)).toEqual(told);
    await visitor.say(thanks);
    await expect(agent.message(thanks)).toHaveCount(1);
    await expect(agent.rows).toHaveCount(1);
  });

  test(`${name}: what is written while the relay is away is sent once when it is back`, async ({
    visit,
    server,
    people,
  }) => {
    const visitor = await visit();
    await visitor.ring();
    await visitor.say(question);
    await expect.poll(() => visitor.state(question)).toBe("delivered");
    await server.kill();
    await visitor.say(thanks);
    await expect.poll(() => visitor.state(thanks)).toBe("sending");
    await server.again();
    await expect.poll(() => visitor.state(thanks)).toBe("delivered");
    const agent = await people.agent("小林");
    await agent.openFirst();
    await expect.poll(() => agent.saidOf([question, thanks])).toEqual([question, thanks]);
  });

  test(`${name}: two tabs show the same, both write, and one goes on alone`, async ({
    visit,
    people,
  }) => {
    const first = await visit();
    await first.ring();
    await first.say(question);
    await expect.poll(() => first.state(question)).toBe("delivered");
    const second = await visit();
    await second.ring();
    await expect.poll(() => second.saidOf([question])).toEqual([question]);
    await second.say(later);
    const agent = await people.agent("小林");
    await agent.openFirst();
    await agent.say(answer);
    const all = [question, later, answer];
    await expect.poll(() => first.saidOf(all)).toEqual(all);
    await expect.poll(() => second.saidOf(all)).toEqual(all);

    await first.tab.close();
    await second.say(thanks);
    await expect(agent.message(thanks)).toHaveCount(1);
    await expect.poll(() => second.state(thanks)).toBe("read");
    await expect.poll(() => agent.saidOf([...all, thanks])).toEqual([...all, thanks]);
    await expect(agent.rows).toHaveCount(1);
  });
}
