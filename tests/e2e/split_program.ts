// One started `shopbell`, with all that it says.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const program = process.env["SHOPBELL"] ?? `${root}/build/release/shopbell`;
/** Logs the words of each message: what a search for them must find. */
export const leakingProgram = `${root}/build/release/shopbell_leaking`;
export const webFiles = `${root}/build/web`;

/** A command that ends by itself; what it prints. */
export async function shopbell(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args);
  return stdout;
}

/** For those that must be told their port before they start. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export class Program {
  private readonly said: Buffer[] = [];

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => this.said.push(chunk));
    }
  }

  /** Runs until it is ended; comes back when its log has the event. */
  static async start(event: string, command: string, args: readonly string[]): Promise<Program> {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const started = new Program(child);
    await new Promise<void>((resolve, reject) => {
      child.stderr?.on("data", () => started.log.includes(`event=${event}`) && resolve());
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`it ended: ${started.log.toString()}`)));
    });
    return started;
  }

  /** Both outputs so far. */
  get log(): Buffer {
    return Buffer.concat(this.said);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  freeze(): void {
    this.child.kill("SIGSTOP");
  }

  thaw(): void {
    this.child.kill("SIGCONT");
  }

  /** The exit code, or null where the signal itself ended it. */
  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill(signal);
      this.thaw();
      await ended;
    }
    return this.child.exitCode;
  }
}
