// Whether the agent is at his desk. It is this device's word; the desk hears of it, and again after
// each connection, for it remembers only while it runs.
import { computed, effect } from "@preact/signals";
import { encode } from "../engine/src/codec.ts";
import { AgentStatus } from "../engine/src/gen/wire.ts";
import type { Session } from "../ui/src/session.ts";
import { ConnectionState } from "../ui/src/status.ts";
import type { Settings } from "./settings.ts";

export function tellOwnStatus(session: Session, settings: Settings): void {
  const away = computed(() => settings.now.value.away);
  effect(() => {
    const online = session.connection.value.state === ConnectionState.online;
    if (online && session.ready.value && session.certified.value) {
      const status = encode(AgentStatus, { away: away.value });
      void session.engine.request("status.set", status);
    }
  });
}
