// A visitor's whole conversation against core.wasm with fixed entropy and clock, noted input by
// input, so that any build of the core can be asked the same.
import { engine, load_core, seeded_entropy } from "./engine.mjs";
import { line_of } from "./replay.mjs";
import { ScriptRelay, agent, desk, shop_id, v } from "./script_relay.mjs";

const { CoreHost, InputKind, packRecords } = await engine("host.ts");
const { MemoryStorage } = await engine("storage_memory.ts");
const { decode, encode, wire } = await engine("index.ts");
const { CommandKind, ContentKind, EventKind } = wire;

export const config = {
  role: "visitor",
  shop: shop_id,
  storageKey: new Uint8Array(32).fill(3),
  host: "relay.example",
};

export const draft = "\u8c22\u8c22";
export const own_name = "\u738b";
export const agent_name = "\u674e";
/** As much of a JPEG as the core looks at. */
export const face = (fill) => new Uint8Array(300).fill(fill).fill(0xff, 0, 3).fill(0xd8, 1, 2);

const text = (words) => v.encode(v.schema.Text, { text: words, locale: "zh-CN" });

/** One run of a device over a store: it notes all it is given and all it answers. */
class Life {
  inputs = [];
  /** For each input the outputs as text. */
  lines = [];
  events = [];
  frames_in_message = [];
  todo = [];

  static async begin(storage, relay, entropy) {
    const life = new Life();
    Object.assign(life, { storage, relay, entropy });
    life.host = await CoreHost.create(load_core(), config);
    await life.input(InputKind.tick, relay.now_ms);
    return life;
  }

  note(kind, number = 0, bytes = new Uint8Array()) {
    this.inputs.push({ kind, number, bytes: bytes.slice() });
    const outputs = this.host.input(kind, number, bytes);
    this.lines.push(outputs.map(line_of));
    this.todo.push(...outputs);
  }

  /** Gives an input and does whatever follows from it, until nothing is left to do. */
  async input(kind, number, bytes) {
    this.note(kind, number, bytes);
    await this.come_to_rest();
  }

  async come_to_rest() {
    for (;;) {
      const output = this.todo.shift();
      if (output) await this.carry_out(output);
      else if (this.relay.out.length) this.note(InputKind.received, 0, this.relay.out.shift());
      else return;
    }
  }

  async carry_out(output) {
    switch (output.do) {
      case "entropy": {
        const noise = new Uint8Array(64);
        this.entropy.fill(noise);
        return this.note(InputKind.entropy, 0, noise);
      }
      case "persist":
        await this.storage.write(output.changes);
        return this.note(InputKind.persisted, output.batch);
      case "load": {
        const records = packRecords(await this.storage.load(output.range));
        return this.note(InputKind.loaded, output.id, records);
      }
      case "connect":
        this.relay.connected();
        return this.note(InputKind.connected);
      case "transmit":
        return this.frames_in_message.push(this.relay.received(output.bytes));
      case "event":
        return this.events.push(output);
    }
  }

  command(kind, table, fields) {
    return this.input(InputKind.command, CommandKind[kind], encode(table, fields));
  }

  send(ref, words) {
    return this.command("SEND", wire.Send, {
      log: this.relay.reader?.log ?? new Uint8Array(16),
      ref,
      kind: ContentKind.TEXT,
      content: text(words),
      fallback: words,
    });
  }

  pass(ms) {
    this.relay.now_ms += ms;
    return this.input(InputKind.tick, this.relay.now_ms);
  }

  /** The events of one kind, decoded. */
  seen(kind, table) {
    return this.events.filter((event) => event.kind === EventKind[kind])
      .map((event) => decode(table, event.body));
  }
}

async function first_life(storage, relay, entropy) {
  const life = await Life.begin(storage, relay, entropy);
  await life.send(1, "\u62c9\u94fe\u574f\u4e86\uff0c\u80fd\u4fdd\u4fee\u5417\uff1f");
  await life.pass(1000);

  relay.agent_joins();
  const name = "\u5c0f\u674e";
  const about = v.encode(v.schema.About, { name });
  relay.agent_says({ kind: BigInt(ContentKind.ABOUT), content: about, fallback: name });
  const answer = "\u53ef\u4ee5\uff0c\u8bf7\u53d1\u8ba2\u5355\u53f7\u3002";
  const answered = { kind: BigInt(ContentKind.TEXT), content: text(answer), fallback: answer };
  relay.agent_says(answered);
  await life.come_to_rest();
  await life.pass(300);

  relay.marked(desk, 1n, 3n);
  relay.marked(agent, 2n, 3n);
  relay.agent_types(true);
  await life.come_to_rest();
  const { log } = relay.reader;
  await life.command("MARK_READ", wire.MarkRead, { log, seq: 6 });
  await life.command("SET_TYPING", wire.SetTyping, { log, on: true });
  await life.pass(300);
  await life.send(2, "12345");
  await life.command("LOAD_HISTORY", wire.LoadHistory, { log, beforeSeq: 0, limit: 10 });
  await life.input(InputKind.closed, 1006);
  await life.send(3, "...");
  life.host.end();
  return life;
}

// What was written offline goes out, and what came meanwhile is fetched.
async function second_life(storage, relay, entropy) {
  const late = "\u5728\u4fdd\u4fee\u671f\u5185\u3002";
  relay.agent_says({ kind: 1n, content: text(late), fallback: late }, false);
  relay.now_ms += 60_000;
  const life = await Life.begin(storage, relay, entropy);
  await life.pass(300);
  const { log } = relay.reader;
  await life.command("OPEN_LOG", wire.OpenLog, { log, limit: 20 });
  await life.command("SET_DRAFT", wire.SetDraft, { log, text: draft });
  await life.command("SET_ABOUT", wire.SetAbout, { name: own_name, picture: face(1) });
  life.host.end();
  return life;
}

// A page that does not know what became of its words says them again; faces come and go.
async function third_life(storage, relay, entropy) {
  const life = await Life.begin(storage, relay, entropy);
  await life.pass(300);
  const { log } = relay.reader;
  await life.send(2, "12345");
  const about = encode(wire.About, { name: agent_name, picture: face(2) });
  relay.agent_says({ kind: BigInt(ContentKind.ABOUT), content: about, fallback: agent_name });
  await life.come_to_rest();
  await life.send(4, draft);
  await life.command("CLOSE_LOG", wire.CloseLog, { log });
  await life.command("OPEN_LOG", wire.OpenLog, { log, limit: 20 });
  await life.command("DISCARD", wire.Discard, { log, ref: 4 });
  life.host.end();
  return life;
}

/** Plays everything; gives all lives and the relay as it was left. */
export async function play() {
  const [storage, relay, entropy] = [new MemoryStorage(), new ScriptRelay(), seeded_entropy(7)];
  const lives = [
    await first_life(storage, relay, entropy),
    await second_life(storage, relay, entropy),
    await third_life(storage, relay, entropy),
  ];
  return { lives, relay };
}
