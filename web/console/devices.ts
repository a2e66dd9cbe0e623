// The devices of this agent, as the desk knows them: which there are, a link for a further one, and
// the removal of another.
import { signal, type Signal } from "@preact/signals";
import type { Engine } from "../engine/src/client.ts";
import { decode, encode } from "../engine/src/codec.ts";
import * as wire from "../engine/src/gen/wire.ts";
import { refusalOf, type Refusal } from "./admin/admin_state.ts";

export class OwnDevices {
  readonly page: Signal<wire.TeamPage | undefined> = signal(undefined);

  constructor(private readonly engine: Engine) {}

  async list(): Promise<void> {
    const { code, body } = await this.engine.request("devices.list");
    if (code === 0) {
      this.page.value = decode(wire.TeamPage, body);
    }
  }

  /** A link that works once, for ten minutes; the former one works no longer. */
  async invite(): Promise<Refusal | string> {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const request = encode(wire.DeviceInvite, { secret });
    const answer = await this.engine.request("devices.invite", request);
    return refusalOf(answer) ?? decode(wire.AdminInvited, answer.body).link;
  }

  async remove(device: Uint8Array): Promise<Refusal | undefined> {
    const request = encode(wire.AdminRemove, { device });
    const answer = await this.engine.request("devices.remove", request);
    await this.list();
    return refusalOf(answer);
  }
}
