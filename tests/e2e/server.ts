// Starts, kills and restarts `shopbell serve --demo` on loopback, as ./run demo does.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { cp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = process.env["SHOPBELL"] ?? `${root}/build/release/shopbell`;
const build = `${root}/build/web`;
const LINES = ["shops", "console", "health"] as const;

export type Addresses = Record<(typeof LINES)[number], string>;

async function addressesOf(child: ChildProcess): Promise<Addresses> {
  const found: Partial<Addresses> = {};
  const said: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  if (!child.stdout) {
    throw new Error("no output to read");
  }
  for await (const line of createInterface(child.stdout)) {
    const [, name, url] = line.match(/^(\w+): (\S+)/) ?? [];
    const known = LINES.find((each) => each === name);
    if (known && url) {
      found[known] = url;
    }
    const { shops, console, health } = found;
    if (shops && console && health) {
      child.stdout.resume();
      return { shops, console, health };
    }
  }
  throw new Error(`shopbell ended before it was ready: ${said.join("")}`);
}

/** The web files in a folder of the test's own, each worker with a script before its own. */
export async function filesWithWorkerScript(folder: string, script: string): Promise<string> {
  await cp(build, folder, { recursive: true });
  const engine = join(folder, "engine");
  for (const name of (await readdir(engine)).filter((each) => /^(worker|media)/.test(each))) {
    const path = join(engine, name);
    // What was packed before is the old one.
    await (name.endsWith(".js") ? writeFile(path, script + (await readFile(path))) : rm(path));
  }
  return folder;
}

export class Server {
  private constructor(
    private child: ChildProcess,
    readonly addresses: Addresses,
    readonly folder: string,
    private readonly assets: string,
  ) {}

  static async start(folder: string, port = "0", assets = build): Promise<Server> {
    const options = ["serve", "--demo", "--port", port, "--data", folder, "--assets", assets];
    const child = spawn(program, options, { stdio: ["ignore", "pipe", "pipe"] });
    return new Server(child, await addressesOf(child), folder, assets);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill(signal);
      // A frozen process takes no other signal.
      this.child.kill("SIGCONT");
      await ended;
    }
  }

  /** Everything stands still, connections stay: what is sent now waits. */
  freeze(): void {
    this.child.kill("SIGSTOP");
  }

  thaw(): void {
    this.child.kill("SIGCONT");
  }

  /** As a crash does; nothing is written after it. */
  kill(): Promise<void> {
    return this.end("SIGKILL");
  }

  stop(): Promise<void> {
    return this.end("SIGTERM");
  }

  /** Starts anew with a file of its own in the data, and with another configuration. */
  async configure(
    file: string,
    content: string,
    change: (config: string) => string,
  ): Promise<void> {
    await this.stop();
    const config = join(this.folder, "shopbell.toml");
    await writeFile(join(this.folder, file), content, { mode: 0o600 });
    await writeFile(config, change(await readFile(config, "utf8")));
    await this.again();
  }

  /** Of the whole data folder, as a backup holds it; stopped for that long. */
  async backUp(): Promise<string> {
    const copy = `${this.folder}-backup`;
    await this.stop();
    await cp(this.folder, copy, { recursive: true });
    await this.again();
    return copy;
  }

  /** What is there goes, the backup comes in its place. `said`: the operator says so. */
  async setBack(copy: string, said: boolean): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true });
    await cp(copy, this.folder, { recursive: true });
    await rm(copy, { recursive: true });
    if (said) {
      const noted = spawn(program, ["restore", "--data", this.folder], { stdio: "ignore" });
      const [code] = await once(noted, "exit");
      if (code !== 0) throw new Error("shopbell restore refused");
    }
    await this.again();
  }

  /** On the same port, after kill or stop, and the same data unless another folder is named. */
  async again(folder = this.folder): Promise<void> {
    const { port } = new URL(this.addresses.shops);
    const next = await Server.start(folder, port, this.assets);
    this.child = next.child;
  }
}
