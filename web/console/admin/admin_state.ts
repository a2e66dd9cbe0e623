// What the admin's pages know and do: sealed requests to the desk, each with its answer or with the
// sentence that says why not.
import { signal, type Signal } from "@preact/signals";
import type { Answer, Engine } from "../../engine/src/client.ts";
import { decode, encode, type Table } from "../../engine/src/codec.ts";
import { Errc } from "../../engine/src/gen/errors.ts";
import * as wire from "../../engine/src/gen/wire.ts";
import { toHex } from "../../engine/src/text.ts";
import type { AdminKey } from "./i18n/index.ts";

/** What stands in the way, as a sentence and what fills it. */
export type Refusal = {
  readonly key: AdminKey;
  readonly values: Record<string, string | number>;
  /** Of a list, which element. */
  readonly at: number;
};

export type Overview = Omit<wire.AdminOverview, "look"> & { readonly look: wire.AdminLook };

/** The keys were saved, and the file was found good once: until then people are reminded. */
export const isBackedUp = (overview: Pick<Overview, "backedUpMs" | "backupVerifiedMs">): boolean =>
  overview.backedUpMs > 0 && overview.backupVerifiedMs > 0;

const sentences: Readonly<Record<string, AdminKey>> = {
  empty: "whyEmpty",
  scheme: "whyScheme",
  path: "whyPath",
  user: "whyUser",
  port: "whyPort",
  wildcard: "whyWildcard",
  host: "whyHost",
  twice: "whyTwice",
  many: "whyMany",
  color: "whyColor",
  long: "whyLong",
  lines: "whyLines",
  used: "revokedUsed",
  "last-admin": "lastAdmin",
  member: "whyMember",
  devices: "whyDevices",
};

/** Exported for its test. */
export function refusalOf({ code, body }: Answer): Refusal | undefined {
  if (code === 0) {
    return undefined;
  }
  if (code === Errc.setting_refused) {
    const { why, at } = decode(wire.SettingRefusal, body);
    return { key: sentences[why] ?? "refusedUnknown", values: { why }, at };
  }
  if (code === Errc.role_refused || code === Errc.not_certified) {
    return { key: "notAdmin", values: {}, at: 0 };
  }
  return { key: code === Errc.store_failed ? "saveFailed" : "errorCode", values: { code }, at: 0 };
}

export type AdminStatus = "loading" | "current" | "failed" | "refused";

/** The engine asks again by itself for as long as it takes; people want to know sooner. */
const SLOW_MS = 5000;

export class AdminState {
  readonly overview: Signal<Overview | undefined> = signal(undefined);
  readonly team: Signal<wire.TeamPage | undefined> = signal(undefined);
  readonly status: Signal<AdminStatus> = signal("loading");
  /** Links that were made here, by invitation; nobody else can show them again. */
  readonly links: Signal<ReadonlyMap<string, string>> = signal(new Map());
  private asking = false;
  private slow_timer = 0;

  constructor(private readonly engine: Engine) {}

  /** Reads overview and team anew, once at a time. */
  async refresh(): Promise<void> {
    if (this.asking) {
      return;
    }
    this.asking = true;
    window.clearTimeout(this.slow_timer);
    this.slow_timer = window.setTimeout(() => (this.status.value = "failed"), SLOW_MS);
    const [overview, team] = await Promise.all([
      this.engine.request("admin.overview"),
      this.engine.request("admin.team.list"),
    ]);
    window.clearTimeout(this.slow_timer);
    this.asking = false;
    if (overview.code === 0 && team.code === 0) {
      const found = decode(wire.AdminOverview, overview.body);
      this.overview.value = { ...found, look: decode(wire.AdminLook, found.look) };
      this.team.value = decode(wire.TeamPage, team.body);
      this.status.value = "current";
    } else {
      const role = [overview.code, team.code].includes(Errc.role_refused);
      this.status.value = role ? "refused" : "failed";
    }
  }

  private async ask<T>(
    method: string,
    table: Table<T>,
    fields: Partial<T>,
  ): Promise<{ refusal: Refusal | undefined; body: Uint8Array }> {
    const answer = await this.engine.request(method, encode(table, fields));
    return { refusal: refusalOf(answer), body: answer.body };
  }

  private change(part: Partial<Overview>): void {
    const before = this.overview.value;
    if (before) {
      this.overview.value = { ...before, ...part };
    }
  }

  async setDomains(domains: readonly string[]): Promise<Refusal | undefined> {
    const fields = { domains: [...domains] };
    const { refusal, body } = await this.ask("admin.domains.set", wire.AdminDomains, fields);
    if (!refusal) {
      this.change({ domains: decode(wire.AdminDomains, body).domains });
      void this.refresh();
    }
    return refusal;
  }

  async setLook(look: wire.AdminLook): Promise<Refusal | undefined> {
    const { refusal, body } = await this.ask("admin.look.set", wire.AdminLook, look);
    if (!refusal) {
      this.change({ look: decode(wire.AdminLook, body) });
    }
    return refusal;
  }

  async setPreviews(on: boolean): Promise<Refusal | undefined> {
    const { refusal, body } = await this.ask("admin.previews.set", wire.AdminPreviews, { on });
    if (!refusal) {
      this.change({ linkPreviews: decode(wire.AdminPreviews, body).on });
    }
    return refusal;
  }

  /** Gives the id of the invitation, whose link then stands in `links`. */
  async invite(
    role: number,
    lifeMs: number,
    whom: { readonly replaces?: Uint8Array; readonly beside?: Uint8Array } = {},
  ): Promise<Refusal | string> {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const fields = { secret, role, lifeMs, ...whom };
    const { refusal, body } = await this.ask("admin.invite", wire.AdminInvite, fields);
    if (refusal) {
      return refusal.key === "whyMany" ? { ...refusal, key: "inviteMany" } : refusal;
    }
    const { invitation, link } = decode(wire.AdminInvited, body);
    this.links.value = new Map(this.links.value).set(toHex(invitation), link);
    await this.refresh();
    return toHex(invitation);
  }

  /** Shuts a device out, or all of its person; a new team key follows. */
  async remove(device: Uint8Array, person: boolean): Promise<Refusal | undefined> {
    const fields = { device, person };
    const { refusal } = await this.ask("admin.team.remove", wire.AdminRemove, fields);
    await this.refresh();
    return refusal;
  }

  async setRole(device: Uint8Array, role: number): Promise<Refusal | undefined> {
    const { refusal } = await this.ask("admin.team.role", wire.AdminRole, { device, role });
    await this.refresh();
    return refusal;
  }

  async revoke(invitation: Uint8Array): Promise<Refusal | undefined> {
    const { refusal } = await this.ask("admin.invitation.revoke", wire.AdminRevoke, { invitation });
    if (!refusal) {
      const links = new Map(this.links.value);
      links.delete(toHex(invitation));
      this.links.value = links;
    }
    await this.refresh();
    return refusal;
  }
}
