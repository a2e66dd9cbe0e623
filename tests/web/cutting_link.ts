// A link to a relay that breaks after so many bytes towards it, again and again.
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

export class CuttingLink {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private passed = 0;
  /** Bytes towards the relay after which everything that is open breaks, in order. */
  readonly cuts: { readonly after: number; readonly then?: () => void }[] = [];

  private constructor(private readonly port: () => number) {
    this.server = createServer((client) => this.join(client));
  }

  static async start(port: () => number): Promise<CuttingLink> {
    const link = new CuttingLink(port);
    await new Promise<void>((resolve) => link.server.listen(0, "127.0.0.1", resolve));
    return link;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private join(client: Socket): void {
    const relay = connect(this.port(), "127.0.0.1");
    for (const [one, other] of [[client, relay], [relay, client]] as const) {
      this.open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.open.delete(one);
        other.destroy();
      });
    }
    client.on("data", (bytes) => this.count(bytes.length));
    client.pipe(relay);
    relay.pipe(client);
  }

  private count(bytes: number): void {
    this.passed += bytes;
    const next = this.cuts[0];
    if (!next || this.passed < next.after) return;
    this.cuts.shift();
    this.cut();
    next.then?.();
  }

  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
