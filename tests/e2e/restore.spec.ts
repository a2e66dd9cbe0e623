// The server comes back from a backup that is older than what it had confirmed: the devices put
// back what it lost. The real program, its whole data folder copied back, two browsers.
import { expect, test } from "./fixtures.ts";

const numbered = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}`);

for (const said of [true, false]) {
  const how = said ? "and says so" : "and nobody says so";
  test(`an older data folder is put back ${how}: all once, in one order`, async ({
    server,
    people,
  }) => {
    // Three starts of the program, and ten messages that wait for each other.
    test.slow();
    const visitor = await people.visitor();
    await visitor.ring();
    await visitor.say("开始");
    const agent = await people.agent("小林");
    await agent.openFirst();
    await expect(visitor.message("开始")).toHaveAttribute("data-state", "read");
    const back = { timeout: 40_000 };
    const copy = await server.backUp();

    const questions = numbered("问", 5);
    const answers = numbered("答", 5);
    await expect(visitor.status).toHaveAttribute("data-status", "online", back);
    for (const [index, question] of questions.entries()) {
      await visitor.say(question);
      await expect(agent.message(question)).toBeVisible(back);
      await agent.say(answers[index] ?? "");
      await expect(visitor.message(answers[index] ?? "")).toBeVisible(back);
    }
    await server.setBack(copy, said);

    await visitor.say("后来问");
    await expect(agent.message("后来问")).toBeVisible(back);
    await agent.say("后来答");
    await expect(visitor.message("后来答")).toBeVisible(back);
    await expect(visitor.status).toHaveAttribute("data-status", "online");
    const all = questions.flatMap((question, index) => [question, answers[index] ?? ""]);
    const whole = ["开始", ...all, "后来问", "后来答"];
    expect(await visitor.saidOf(whole)).toEqual(whole);
    expect(await agent.saidOf(whole)).toEqual(whole);
    await visitor.page.reload();
    await visitor.ring();
    await expect(visitor.message("后来答")).toBeVisible(back);
    expect(await visitor.saidOf(whole)).toEqual(whole);
  });
}
