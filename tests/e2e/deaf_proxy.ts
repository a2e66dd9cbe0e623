// Stands between a browser and the server, and can go deaf: connections stay open and nothing comes
// through them any more, as after a night in which a router has forgotten them.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export class DeafProxy {
  private readonly sockets = new Set<Socket>();
  private readonly near = new Set<Socket>();
  private readonly deaf = new WeakSet<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly port_behind: number,
  ) {
    server.on("connection", (socket) => this.join(socket));
  }

  static async start(port_behind: number): Promise<DeafProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new DeafProxy(server, port_behind);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private join(near: Socket): void {
    const far = connect(this.port_behind, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on("data", (bytes) => this.deaf.has(near) || to.write(bytes));
      from.on("error", () => undefined);
      from.on("close", () => {
        this.sockets.delete(from);
        if (!this.deaf.has(near)) {
          to.destroy();
        }
      });
    }
    this.near.add(near);
  }

  /** What is open now is never heard of again; new connections are served. */
  forgetConnections(): number {
    const open = [...this.near].filter((near) => this.sockets.has(near));
    open.forEach((near) => this.deaf.add(near));
    return open.length;
  }

  async stop(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise<void>((done) => this.server.close(() => done()));
  }
}
