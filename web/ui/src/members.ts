// Who takes part in each conversation: name, picture and on whose side, as the engine says it.
import type { CoreEvent } from "../../engine/src/client.ts";
import { toHex } from "../../engine/src/text.ts";

export type Member = {
  readonly device: string;
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
  return new Map(before).set(device, { device, name, picture, authorClass, left });
}
