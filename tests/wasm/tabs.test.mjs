// One leads, others follow: the device of several tabs as scripts of what happens to them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandKind, EventKind, World, encode, log, wire } from "./tabs_world.mjs";

async function two(options) {
  const world = new World();
  const first = world.open(options);
  await world.settle();
  const second = world.open(options);
  await world.settle();
  return { world, first, second };
}

const sends = ({ commands }) => commands.filter(([, kind]) => kind === CommandKind.SEND).length;

test("the second tab follows the first and sees what is there", async () => {
  const { world, first, second } = await two();
  assert.equal(world.leader, first);
  const begun = ["kept", "ready", EventKind.LOG_OPENED, "history"];
  assert.deepEqual(first.page.said, begun);
  assert.deepEqual(second.page.said, begun);
  first.page.send(1);
  second.page.send(2);
  await world.settle();
  for (const { page } of world.tabs) assert.deepEqual(page.messages, [1, 2]);
  assert.equal(world.store.term, 1);
});

test("a leader that dies is replaced at once", async () => {
  const { world, first, second } = await two();
  first.life.die();
  second.page.send(1);
  await world.settle();
  assert.equal(world.leader, second);
  assert.deepEqual(second.page.messages, [1]);
});

test("what a leader had stored when it died is not sent again", async () => {
  const { world, first, second } = await two();
  world.kept = (tab) => {
    if (tab === first.life) first.life.die();
  };
  second.page.send(1);
  await world.settle();
  assert.deepEqual(world.store.refs, [1]);
  assert.deepEqual(second.page.messages, [1]);
  assert.equal(second.page.unstored.size, 0);
  assert.equal(sends(world), 2, "it was given to both leaders");
});

test("what a leader had taken and not stored is given to the next", async () => {
  const { world, first, second } = await two();
  const { cores: [core] } = first;
  core.keep = () => first.life.die();
  second.page.send(1);
  second.page.send(2);
  await world.settle();
  assert.deepEqual(second.page.messages, [1, 2]);
});

test("a command that is safe is not given to the next leader", async () => {
  const { world, first, second } = await two();
  second.page.send(1);
  await world.settle();
  first.life.die();
  await world.settle();
  assert.equal(sends(world), 1);
  assert.deepEqual(second.page.messages, [1]);
});

test("three seconds of silence make a visible tab the leader, and not before", async () => {
  const { world, first, second } = await two();
  await world.pass(10);
  assert.equal(world.leader, first);
  first.life.sleep();
  await world.pass(2);
  assert.equal(world.leader, first);
  await world.pass(2);
  assert.equal(world.leader, second);
  assert.equal(world.store.term, 2);
});

test("a tab loaded after an update leads, and the tabs from before follow it", async () => {
  const { world, first, second } = await two();
  const third = world.open({ build: "two" });
  await world.settle();
  assert.equal(world.leader, third);
  second.page.send(1);
  await world.settle();
  await world.pass(10);
  assert.equal(world.leader, third);
  assert.equal(world.store.term, 2);
  for (const { page } of [first, second, third]) assert.deepEqual(page.messages, [1]);
});

test("a leader whose timers are slow is asked before it is robbed", async () => {
  const { world, first } = await two();
  first.life.slow = 60_000;
  await world.pass(30);
  assert.equal(world.leader, first);
});

test("without locks a tab is a device of its own, and says when it loses its store", async () => {
  const world = new World();
  world.locks.refused = true;
  const [first, second] = [world.open(), world.open()];
  await world.settle();
  second.page.send(1);
  await world.settle();
  assert.deepEqual(second.page.messages, [1]);
  first.page.send(2);
  await world.settle();
  assert.equal(first.page.said.at(-1), "crashed final");
});

test("what is not kept is not shared: such a tab leaves the lead and stays alone", async () => {
  const world = new World();
  world.mode = "session";
  const first = world.open();
  await world.settle();
  assert.deepEqual(first.page.said, ["session", "ready", EventKind.LOG_OPENED, "history"]);
  assert.equal(world.leader, undefined);
  world.mode = "kept";
  const second = world.open();
  await world.settle();
  assert.equal(world.leader, second);
  assert.equal(first.page.said.length, 4);
  assert.equal(second.page.said[0], "kept");
});

test("a tab that nobody sees waits until somebody does", async () => {
  const { world, first, second } = await two({ visible: false });
  first.life.sleep();
  await world.pass(20);
  assert.equal(world.leader, first);
  second.device.show(true);
  await world.settle();
  assert.equal(world.leader, second);
});

test("a tab that slept itself counts anew", async () => {
  const { world, first, second } = await two();
  second.life.sleep();
  await world.pass(20);
  // Both slept: it wakes before it can have heard anything.
  first.life.sleep();
  second.life.wake();
  await world.pass(2);
  assert.equal(world.leader, first);
  first.life.wake();
  await world.pass(5);
  assert.equal(world.leader, first);
});

test("a woken leader writes nothing and follows; its page's words go to the new one", async () => {
  const { world, first, second } = await two();
  first.life.sleep();
  first.page.send(1);
  await world.pass(4);
  second.page.send(2);
  await world.settle();
  assert.deepEqual(world.store.refs, [2]);
  first.life.wake();
  await world.settle();
  assert.equal(world.leader, second);
  assert.equal(world.store.term, 2);
  for (const { page } of world.tabs) assert.deepEqual(page.messages, [2, 1]);
  assert.ok(!first.page.said.some((word) => `${word}`.startsWith("crashed")));
});

test("a page put to sleep hands the lead over, and follows when it is woken", async () => {
  const { world, first, second } = await two();
  first.device.sleep();
  await world.settle();
  assert.equal(world.leader, second);
  first.device.wake();
  first.page.send(1);
  await world.settle();
  assert.equal(world.leader, second);
  assert.deepEqual(first.page.messages, [1]);
});

test("a failed core is told to all, whose words come back and are not sent", async () => {
  const { world, first, second } = await two();
  const { cores: [core] } = first;
  const { keep } = core;
  core.keep = () => undefined;
  second.page.send(1);
  await world.settle();
  core.crash();
  core.keep = keep;
  // Its page has not heard of the failure yet.
  second.page.send(2);
  await world.settle();
  second.page.send(3);
  await world.settle();
  assert.deepEqual(second.page.taken_back, [1, 2]);
  assert.deepEqual(world.store.refs, [3]);
  for (const { page } of world.tabs) {
    assert.equal(page.said.filter((word) => word === "crashed restarts").length, 1);
    assert.deepEqual(page.messages, [3]);
  }
});

test("a core that fails for good leaves the lead to another tab", async () => {
  const { world, first, second } = await two();
  first.cores[0].listener.crashed(true);
  await world.settle();
  assert.equal(first.page.said.at(-1), "crashed final");
  assert.equal(world.leader, second);
  second.page.send(1);
  await world.settle();
  assert.deepEqual(second.page.messages, [1]);
});

test("a request is answered where it was asked, also by the next leader", async () => {
  const { world, first, second } = await two();
  world.answers = false;
  second.page.command("REQUEST", wire.Request, { id: 5, method: "inbox.list" });
  await world.settle();
  world.answers = true;
  first.life.die();
  await world.settle();
  assert.deepEqual(second.page.answered, [5]);
  const third = world.open();
  third.page.command("REQUEST", wire.Request, { id: 6, method: "inbox.list" });
  await world.settle();
  assert.deepEqual(third.page.answered, [6]);
  assert.deepEqual(second.page.answered, [5]);
});

test("a log that another tab shows stays open; the last one closes it, or its end", async () => {
  const { world, first, second } = await two({ watches: true });
  const closed = () => world.commands.filter(([, kind]) => kind === CommandKind.CLOSE_LOG).length;
  first.page.command("CLOSE_LOG", wire.CloseLog, { log });
  await world.settle();
  assert.equal(closed(), 0);
  second.life.die();
  await world.settle();
  assert.equal(closed(), 1);
});

test("an agent's tab hears of messages in the logs that it shows", async () => {
  const { world, first, second } = await two({ watches: true });
  second.page.command("CLOSE_LOG", wire.CloseLog, { log });
  await world.settle();
  first.page.send(1);
  first.cores[0].say(EventKind.PLACED, wire.Placed, { log, ref: 2, code: 1 });
  await world.settle();
  assert.deepEqual(second.page.messages, []);
  assert.equal(first.page.said.at(-1), EventKind.PLACED);
  assert.notEqual(second.page.said.at(-1), EventKind.PLACED);
  second.page.command("OPEN_LOG", wire.OpenLog, { log });
  await world.settle();
  assert.deepEqual(second.page.messages, [1]);
});

test("stored messages come only to the tab that asked", async () => {
  const { world, first, second } = await two();
  const before = first.page.said.length;
  second.page.command("OPEN_LOG", wire.OpenLog, { log });
  await world.settle();
  assert.equal(first.page.said.length, before);
  assert.equal(second.page.said.at(-1), "history");
});

test("what was refused before it was stored is told to its writer alone", async () => {
  const { world, first, second } = await two();
  const { cores: [core] } = first;
  core.keep = (body, taken) => {
    core.say(EventKind.PLACED, wire.Placed, { log, ref: 9, code: 1 });
    taken();
  };
  second.page.send(9);
  await world.settle();
  assert.equal(second.page.said.at(-1), EventKind.PLACED);
  assert.notEqual(first.page.said.at(-1), EventKind.PLACED);
});

test("a tab that comes late is told the newest of each thing, in order", async () => {
  const { world, first } = await two();
  const [core] = first.cores;
  core.say(EventKind.CONNECTION, wire.Connection, { state: 1 });
  core.say(EventKind.PROBLEM, wire.Problem, { code: 3 });
  const author = new Uint8Array(32).fill(1);
  core.say(EventKind.TYPING, wire.Typing, { log, author, on: true });
  core.say(EventKind.LOG_CHANGED, wire.LogChanged, { log, headSeq: 4 });
  core.say(EventKind.CONNECTION, wire.Connection, { state: 2 });
  core.say(EventKind.DRAFT, wire.Draft, { log, text: "half a w" });
  core.say(EventKind.DRAFT, wire.Draft, { log: author.subarray(16), text: "another" });
  core.say(EventKind.DRAFT, wire.Draft, { log });
  core.say(EventKind.TYPING, wire.Typing, { log, author });
  const third = world.open();
  await world.settle();
  const { LOG_OPENED, CONNECTION, LOG_CHANGED, DRAFT } = EventKind;
  assert.deepEqual(third.page.said,
    ["kept", "ready", LOG_OPENED, CONNECTION, LOG_CHANGED, DRAFT, "history"]);
});

test("a tab that comes late knows the name that was set meanwhile", async () => {
  const { world, second } = await two();
  second.page.command("SET_ABOUT", wire.SetAbout, { name: "小林" });
  await world.settle();
  const third = world.open();
  await world.settle();
  assert.equal(third.page.name, "小林");
});

/** The same seed gives the same walk. */
function dice(seed) {
  let state = seed * 2654435761 + 1;
  return (sides) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * sides);
  };
}

test("whatever tabs do, each message is kept once and seen alike everywhere", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const roll = dice(seed);
    const world = new World();
    let ref = 0;
    const written = new Map();
    world.open();
    for (let step = 0; step < 60; step++) {
      if (world.tabs.every(({ life }) => life.dead)) world.open();
      const alive = world.tabs.filter(({ life }) => !life.dead);
      const tab = alive[roll(alive.length)];
      const act = roll(16);
      if (act < 5) {
        written.set(++ref, tab);
        tab.page.send(ref);
      } else if (act === 5 && alive.length < 4) {
        world.open();
      } else if (act === 6 && alive.length > 1) {
        tab.life.die();
      } else if (act === 7) {
        tab.life.sleep();
      } else if (act === 8) {
        tab.life.wake();
      } else if (act === 9 && alive.length > 1) {
        world.kept = () => {
          world.kept = () => undefined;
          world.leader?.life.die();
        };
      } else if (act === 10) {
        tab.device?.sleep();
      } else if (act === 11) {
        tab.device?.wake();
      } else if (act === 12) {
        tab.cores.at(-1)?.crash();
      } else if (act === 13) {
        await world.pass(1 + roll(5));
      } else {
        await world.settle();
      }
    }
    world.kept = () => undefined;
    if (world.tabs.every(({ life }) => life.dead)) world.open();
    for (const { life } of world.tabs) life.wake();
    await world.settle();
    for (const { life, device } of world.tabs) if (!life.dead) device.wake();
    await world.pass(10);
    const { refs } = world.store;
    assert.equal(new Set(refs).size, refs.length, `seed ${seed}: kept once`);
    for (const [each, { life, page }] of written) {
      const back = page.taken_back.includes(each);
      assert.ok(life.dead || back || refs.includes(each), `seed ${seed}: ${each} is lost`);
    }
    for (const { life, page } of world.tabs) {
      if (!life.dead) assert.deepEqual(page.messages, refs, `seed ${seed}: ${life.name}`);
    }
  }
});
