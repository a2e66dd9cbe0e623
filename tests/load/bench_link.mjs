// A link of so many bytes a second each way to a server on this machine, shared by all who use it.
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";

/** What may leave late at once: timers are no finer. */
const SLACK_MS = 20;

/** Waits as long as the link has to carry what came before and this. */
function lane(bytes_s) {
  let free_ms = 0;
  return async (bytes) => {
    const now_ms = performance.now();
    free_ms = Math.max(free_ms, now_ms - SLACK_MS) + (bytes / bytes_s) * 1000;
    if (free_ms > now_ms) {
      await wait(free_ms - now_ms);
    }
  };
}

const along = (carry) => async function* (parts) {
  for await (const part of parts) {
    await carry(part.length);
    yield part;
  }
};

/** The link's own port in place of the server's. */
export async function hold_link(port, bytes_s) {
  const [up, down] = [lane(bytes_s), lane(bytes_s)];
  const sockets = new Set();
  const server = createServer((client) => {
    const far = connect(port, "127.0.0.1");
    for (const socket of [client, far]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
    // Who hangs up ends both ways.
    pipeline(client, along(up), far).catch(() => client.destroy());
    pipeline(far, along(down), client).catch(() => far.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: server.address().port, close };
}
