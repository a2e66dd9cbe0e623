// Whether this device is an admin's, and the way in for those that are.
import { effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { decode } from "../../engine/src/codec.ts";
import { AdminOverview, AgentStatus } from "../../engine/src/gen/wire.ts";
import { Icon } from "../../ui/src/icons.tsx";
import type { Session } from "../../ui/src/session.ts";
import { ConnectionState } from "../../ui/src/status.ts";
import { isBackedUp } from "./admin_state.ts";
import { sayIn } from "./i18n/index.ts";
import type { AdminHost } from "./parts.tsx";
import { snoozedUntil } from "./snooze.ts";

const ROLE_ADMIN = 1;
const ROLE_OBSERVER = 3;

/** The desk's word for what this device may do. The desk checks each request all the same. */
export class AdminAccess {
  readonly isAdmin: ReadonlySignal<boolean>;
  /** It may read along and nothing more. */
  readonly isObserver: ReadonlySignal<boolean>;
  /** The keys were never backed up, or nobody has looked whether the backup is good. */
  readonly backupMissing: ReadonlySignal<boolean>;
  /** The pages are looked at. */
  readonly open = signal(false);
  private readonly admin: Signal<boolean> = signal(false);
  private readonly observer: Signal<boolean> = signal(false);
  private readonly missing: Signal<boolean> = signal(false);

  constructor(private readonly session: Session) {
    this.isAdmin = this.admin;
    this.isObserver = this.observer;
    this.backupMissing = this.missing;
    effect(() => {
      const online = session.connection.value.state === ConnectionState.online;
      if (session.certified.value && session.ready.value && online) {
        void this.look();
      }
    });
  }

  /** Asks again, as after a backup. */
  async look(): Promise<void> {
    const { engine } = this.session;
    const status = await engine.request("status.get");
    this.admin.value = status.code === 0 && decode(AgentStatus, status.body).role === ROLE_ADMIN;
    this.observer.value =
      status.code === 0 && decode(AgentStatus, status.body).role === ROLE_OBSERVER;
    if (this.admin.value) {
      const overview = await engine.request("admin.overview");
      this.missing.value =
        overview.code === 0 && !isBackedUp(decode(AdminOverview, overview.body));
    }
  }
}

const known = new WeakMap<Session, AdminAccess>();

/** One for each session, made when it is first asked for. */
export function accessOf(session: Session): AdminAccess {
  const found = known.get(session) ?? new AdminAccess(session);
  known.set(session, found);
  return found;
}

/** The way in; draws nothing for those who are no admins. */
export function AdminButton({ app }: { app: AdminHost }) {
  const access = accessOf(app.session);
  if (!access.isAdmin.value) {
    return null;
  }
  const say = sayIn(app.locale.value);
  const remind = access.backupMissing.value && snoozedUntil.value < Date.now();
  const label = say(remind ? "adminOpenRemind" : "adminOpen");
  return (
    <button
      type="button"
      class={`tool admin-button${remind ? " remind" : ""}`}
      aria-label={label}
      title={label}
      data-testid="admin-open"
      aria-pressed={access.open.value}
      onClick={() => (access.open.value = !access.open.value)}
    >
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d="M4 10l1.500-5h13L20 10M4 10v9h16v-9M4 10h16M9.500 19v-5h5v5" />
      </svg>
      {remind && <Icon name="warning" />}
    </button>
  );
}
