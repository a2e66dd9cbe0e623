// The yardstick of `./run bench`: the small chat server that one would write in Node. ws and
// better-sqlite3; what has arrived by the end of an event-loop turn is one transaction, synced to
// disk (WAL, synchronous=FULL); acknowledgement and delivery come after the commit. It knows no
// accounts, no keys and no encryption.
//   node server.mjs --port N --data DIR      listens on 127.0.0.1, prints "listening on N"
// Messages, little endian: to the server 0 hello {pair u32, side u8}, 1 text {number u32, text};
// from the server 0 welcome, 2 stored {number u32, seq u32}, 3 delivery {seq u32, text}.
import { join } from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { WebSocketServer } from "ws";

const HELLO = 0;
const TEXT = 1;
const STORED = 2;
const DELIVERY = 3;

const { values } = parseArgs({ options: { port: { type: "string" }, data: { type: "string" } } });
const db = new Database(join(values.data, "baseline.db"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`CREATE TABLE IF NOT EXISTS message (
  id INTEGER PRIMARY KEY, pair INTEGER, seq INTEGER, side INTEGER, number INTEGER,
  time_ms INTEGER, body BLOB);
  CREATE UNIQUE INDEX IF NOT EXISTS message_place ON message (pair, seq);`);
const insert = db.prepare(
  "INSERT INTO message (pair, seq, side, number, time_ms, body) VALUES (?, ?, ?, ?, ?, ?)",
);
const last_seq = db.prepare("SELECT max(seq) AS seq FROM message WHERE pair = ?");
const store = db.transaction((messages, time_ms) => {
  for (const { client, number, seq, text } of messages) {
    insert.run(client.pair.id, seq, client.side, number, time_ms, text);
  }
});

const pairs = new Map();
let arrived = [];

function pair_of(id) {
  let pair = pairs.get(id);
  if (!pair) {
    pair = { id, seq: last_seq.get(id).seq ?? 0, sides: [null, null] };
    pairs.set(id, pair);
  }
  return pair;
}

function commit() {
  const messages = arrived;
  arrived = [];
  store(messages, Date.now());
  for (const { client, number, seq, text } of messages) {
    const stored = Buffer.allocUnsafe(9);
    stored[0] = STORED;
    stored.writeUInt32LE(number, 1);
    stored.writeUInt32LE(seq, 5);
    client.socket.send(stored);
    const delivery = Buffer.allocUnsafe(5 + text.length);
    delivery[0] = DELIVERY;
    delivery.writeUInt32LE(seq, 1);
    text.copy(delivery, 5);
    client.pair.sides[1 - client.side]?.send(delivery);
  }
}

function on_message(client, message) {
  if (message[0] === HELLO && message.length === 6) {
    client.pair = pair_of(message.readUInt32LE(1));
    client.side = message[5] & 1;
    client.pair.sides[client.side] = client.socket;
    client.socket.send(Buffer.from([HELLO]));
  } else if (message[0] === TEXT && message.length >= 5 && client.pair) {
    if (arrived.length === 0) {
      setImmediate(commit);
    }
    const seq = ++client.pair.seq;
    arrived.push({ client, number: message.readUInt32LE(1), seq, text: message.subarray(5) });
  } else {
    client.socket.close(1008);
  }
}

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(values.port),
  perMessageDeflate: false,
  maxPayload: 64 * 1024,
});
server.on("connection", (socket) => {
  const client = { socket, pair: null, side: 0 };
  socket.on("message", (message) => on_message(client, message));
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    if (client.pair?.sides[client.side] === socket) {
      client.pair.sides[client.side] = null;
    }
  });
});
server.on("listening", () => console.log(`listening on ${server.address().port}`));

function stop() {
  for (const socket of server.clients) {
    socket.terminate();
  }
  server.close(() => {
    db.close();
    process.exit(0);
  });
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
