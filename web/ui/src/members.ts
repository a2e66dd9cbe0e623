// Who takes part in each conversation: name, picture and on whose side, as the engine says it.
import type { CoreEvent } from "../../engine/src/client.ts";
import { toHex } from "../../engine/src/text.ts";

export type Member = {
  readonly device: string;
  /** One person's devices have the same. */
  readonly person: string;
  readonly name: string;
  readonly picture: Uint8Array;
  readonly authorClass: number;
  readonly left: boolean;
};

/** By device. */
export type Members = ReadonlyMap<string, Member>;

type MemberOf = Extract<CoreEvent, { type: "member" }>;

export function takeMember(before: Members | undefined, event: MemberOf): Members {
  const device = toHex(event.device);
  const { authorClass, left, name, picture } = event;
  // Zeros: nobody has said so.
  const person = event.person?.some((byte) => byte) ? toHex(event.person) : device;
  return new Map(before).set(device, { device, person, name, picture, authorClass, left });
}

/** Whose device it is; of one that nothing is known of, its own. */
export const personOf = (members: Members | undefined, device: string): string =>
  members?.get(device)?.person ?? device;
