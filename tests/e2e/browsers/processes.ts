// The processes of a browser that a test has started, found by the threads that run in them.
import { readFile, readdir } from "node:fs/promises";
import type { Sleeper } from "./visitor.ts";

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    // It has ended in the meantime.
    return "";
  }
}

async function list(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch {
    return [];
  }
}

/** All that the process has started, and what they have. */
async function descendants(ancestor: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const pid of (await list("/proc")).filter((name) => /^\d+$/.test(name)).map(Number)) {
    const parent = Number((await read(`/proc/${pid}/stat`)).split(") ").at(-1)?.split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(ancestor);
}

async function threads(pid: number): Promise<string[]> {
  const tasks = await list(`/proc/${pid}/task`);
  const names = await Promise.all(tasks.map((task) => read(`/proc/${pid}/task/${task}/comm`)));
  return names.map((name) => name.trim());
}

/** Stops the one process below the browser's in which a thread of the name runs. */
export async function sleeperWith(browser: number, thread: string): Promise<Sleeper> {
  const found: number[] = [];
  for (const pid of await descendants(browser)) {
    if ((await threads(pid)).includes(thread)) {
      found.push(pid);
    }
  }
  const [pid, ...others] = found;
  if (!pid || others.length) {
    throw new Error(`${found.length} processes have a thread ${thread}`);
  }
  return {
    sleep: async () => void process.kill(pid, "SIGSTOP"),
    wake: async () => void process.kill(pid, "SIGCONT"),
  };
}
