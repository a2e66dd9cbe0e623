// The team by people: one line for each, whatever number of devices he has.
import type { TeamDevice } from "../../engine/src/gen/wire.ts";
import { toHex } from "../../engine/src/text.ts";

export type Colleague = Pick<
  TeamDevice,
  "name" | "role" | "heardMs" | "away" | "statusMs" | "notAfterMs" | "lastAdmin"
> & {
  /** One of his devices, which stands for him in requests. */
  readonly person: Uint8Array;
  readonly devices: readonly TeamDevice[];
};

/** Who is in the team, in the order of the devices; somebody is there where one of his is. */
export function peopleOf(devices: readonly TeamDevice[]): Colleague[] {
  const found = new Map<string, TeamDevice[]>();
  for (const device of devices.filter(({ removedMs }) => !removedMs)) {
    const key = toHex(device.person);
    found.set(key, [...(found.get(key) ?? []), device]);
  }
  return [...found.values()].map((his) => {
    const first = his[0] as TeamDevice;
    const { name, role, away, statusMs, lastAdmin } = first;
    return {
      ...{ name, role, away, statusMs, lastAdmin },
      person: first.device,
      devices: his,
      heardMs: Math.max(...his.map(({ heardMs }) => heardMs)),
      notAfterMs: Math.max(...his.map(({ notAfterMs }) => notAfterMs)),
    };
  });
}
