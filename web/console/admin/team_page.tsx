// Who speaks for the shop, and who is to.
import { useEffect, useRef, useState } from "preact/hooks";
import type { OpenInvitation, TeamDevice } from "../../engine/src/gen/wire.ts";
import { toHex } from "../../engine/src/text.ts";
import type { Locale } from "../../ui/i18n/index.ts";
import { Avatar } from "../../ui/src/avatar.tsx";
import type { AdminKey, Say } from "./i18n/index.ts";
import {
  DeviceRemoval,
  Field,
  LinkField,
  sentenceOf,
  Sure,
  useBusy,
  type PageProps,
} from "./parts.tsx";
import { peopleOf, type Colleague } from "./people.ts";
import { thereOf } from "./there.ts";
import { dateOf, momentOf } from "./times.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SOON_MS = 5 * DAY_MS;

const roles: readonly (readonly [role: number, name: AdminKey, more: AdminKey])[] = [
  [2, "roleAgent", "roleAgentMore"],
  [1, "roleAdmin", "roleAdminMore"],
  [3, "roleObserver", "roleObserverMore"],
];

const lives: readonly (readonly [ms: number, name: AdminKey])[] = [
  [HOUR_MS, "lifeHour"],
  [DAY_MS, "lifeDay"],
  [7 * DAY_MS, "lifeWeek"],
];

const roleName = (say: Say, role: number): string =>
  say(roles.find(([each]) => each === role)?.[1] ?? "roleObserver");

function certificateLine(say: Say, locale: Locale, endMs: number, nowMs: number): string {
  const date = dateOf(locale, endMs);
  if (endMs < nowMs) {
    return say("certificateEnded", { date });
  }
  return say(endMs - nowMs < SOON_MS ? "certificateEnds" : "certificateUntil", { date });
}

type Told = (said: string, bad: boolean) => void;

type MemberProps = {
  readonly page: PageProps;
  readonly member: Colleague;
  readonly onDone: Told;
  readonly onInvited: (invitation: string) => void;
};

function RoleField({ page, member, onDone }: MemberProps) {
  const { say, state } = page;
  const [busy, run] = useBusy();
  const { name } = member;
  const set = (role: number) =>
    run(async () => {
      const refusal = await state.setRole(member.person, role);
      onDone(
        refusal ? sentenceOf(say, refusal) : say("roleSet", { name, role: roleName(say, role) }),
        refusal !== undefined,
      );
    });
  return (
    <select
      class="field"
      aria-label={say("roleOf", { name })}
      value={member.role}
      disabled={busy || member.lastAdmin}
      data-testid="member-role"
      onChange={(event) => set(Number(event.currentTarget.value))}
    >
      {roles.map(([each, key]) => (
        <option key={each} value={each}>
          {say(key)}
        </option>
      ))}
    </select>
  );
}

type Asked = "" | "remove" | "reinvite";

function MemberActs(props: MemberProps) {
  const { page, member, onDone, onInvited } = props;
  const { say, state } = page;
  const { name, devices } = member;
  const n = devices.length;
  const [asks, set_asks] = useState<Asked>("");
  const [busy, run] = useBusy();
  const remove = () =>
    run(async () => {
      const refusal = await state.remove(member.person, true);
      onDone(refusal ? sentenceOf(say, refusal) : say("removed", { name }), refusal !== undefined);
    });
  const invite = (life_ms: number, whom: "replaces" | "beside") =>
    run(async () => {
      const made = await state.invite(member.role, life_ms, { [whom]: member.person });
      set_asks("");
      if (typeof made === "string") {
        onInvited(made);
        onDone(say("reinvited", { name }), false);
      } else {
        onDone(sentenceOf(say, made), true);
      }
    });
  if (asks) {
    const removes = asks === "remove";
    const removal = n > 1 ? say("removeAllSure", { name, n }) : say("removeSure", { name });
    return (
      <Sure
        words={removes ? removal : say("reinviteSure", { name })}
        yes={say(removes ? "remove" : "reinviteMake")}
        no={say("keep")}
        danger={removes}
        busy={busy}
        onYes={removes ? remove : () => invite(DAY_MS, "replaces")}
        onNo={() => set_asks("")}
      />
    );
  }
  return (
    <div class="member-acts">
      <RoleField {...props} />
      <button
        type="button"
        class="plain"
        aria-label={say("addDeviceOne", { name })}
        disabled={busy}
        data-testid="add-device"
        onClick={() => invite(HOUR_MS, "beside")}
      >
        {say("addDevice")}
      </button>
      {n === 1 && (
        <button
          type="button"
          class="plain"
          aria-label={say("reinviteOne", { name })}
          data-testid="reinvite"
          onClick={() => set_asks("reinvite")}
        >
          {say("reinvite")}
        </button>
      )}
      <button
        type="button"
        class="plain"
        aria-label={say("removeOne", { name })}
        disabled={member.lastAdmin}
        data-testid="remove"
        onClick={() => set_asks("remove")}
      >
        {say("remove")}
      </button>
      {member.lastAdmin && <p class="admin-hint">{say("lastAdmin")}</p>}
    </div>
  );
}

/** One of several devices of a member. */
function MemberDevice({ page, member, onDone, device }: MemberProps & { device: TeamDevice }) {
  const { say, locale, state, nowMs } = page;
  const name = device.browser || say("deviceUnnamed");
  const own = toHex(device.device) === page.device;
  return (
    <li data-testid="member-device">
      <p>
        <bdi>{name}</bdi>
        {own && <span class="tag">{say("thisDevice")}</span>}
        <span class="admin-hint">{thereOf(say, { ...device, away: false }, nowMs).words}</span>
        <span class={`admin-hint${device.notAfterMs - nowMs < SOON_MS ? " tone-warn" : ""}`}>
          {certificateLine(say, locale, device.notAfterMs, nowMs)}
        </span>
      </p>
      <DeviceRemoval
        say={say}
        name={name}
        label={say("deviceRemoveOne", { device: name, name: member.name })}
        testid="device-remove"
        remove={() => state.remove(device.device, false)}
        onDone={onDone}
      />
    </li>
  );
}

function Member(props: MemberProps) {
  const { page, member } = props;
  const { say, locale, device, nowMs } = page;
  const there = thereOf(say, member, nowMs);
  const { devices, notAfterMs } = member;
  const ending = notAfterMs - nowMs < SOON_MS;
  return (
    <li class="member" data-testid="member" data-there={there.kind}>
      <Avatar name={member.name} size={36} />
      <div class="member-words">
        <p>
          <strong dir="auto">{member.name}</strong>
          {devices.some((each) => toHex(each.device) === device) && (
            <span class="tag">{say("you")}</span>
          )}
          <span class="tag">{roleName(say, member.role)}</span>
        </p>
        {devices.length === 1 && (
          <p class={`admin-hint${ending ? " tone-warn" : ""}`}>
            {certificateLine(say, locale, notAfterMs, nowMs)}
          </p>
        )}
      </div>
      <span class={`there ${there.kind}`}>
        <i aria-hidden="true" />
        {there.words}
      </span>
      {devices.length > 1 && (
        <ul class="member-devices">
          {devices.map((each) => (
            <MemberDevice key={toHex(each.device)} {...props} device={each} />
          ))}
        </ul>
      )}
      <MemberActs {...props} />
    </li>
  );
}

function Former({ page, members }: { page: PageProps; members: readonly TeamDevice[] }) {
  const { say, locale } = page;
  if (members.length === 0) {
    return null;
  }
  return (
    <details class="former">
      <summary data-testid="former">{say("former")}</summary>
      <ul>
        {members.map((member) => (
          <li key={toHex(member.device)}>
            <span dir="auto">{member.name}</span>{" "}
            {say("removedOn", { date: momentOf(locale, member.removedMs) })}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Invitation(props: {
  page: PageProps;
  invitation: OpenInvitation;
  fresh: boolean;
  onDone(said: string, bad: boolean): void;
}) {
  const { page, invitation, fresh, onDone } = props;
  const { say, locale, state } = page;
  const [busy, run] = useBusy();
  const row = useRef<HTMLLIElement>(null);
  // On a phone it is made below what is in view.
  useEffect(() => {
    if (fresh) {
      row.current?.scrollIntoView({ block: "nearest" });
    }
  }, [fresh]);
  const about = {
    role: roleName(say, invitation.role),
    date: momentOf(locale, invitation.expiresMs),
  };
  const replaced = state.team.value?.devices.find(
    (member) => toHex(member.device) === toHex(invitation.replaces),
  );
  const whose = state.team.value?.devices.find(
    (member) => toHex(member.person) === toHex(invitation.beside),
  );
  const line = replaced
    ? say("openFor", { ...about, name: replaced.name })
    : whose
      ? say("openBeside", { ...about, name: whose.name })
      : say("openUntil", about);
  const link = state.links.value.get(toHex(invitation.invitation));
  const revoke = () =>
    run(async () => {
      const refusal = await state.revoke(invitation.invitation);
      onDone(refusal ? sentenceOf(say, refusal) : say("revoked"), refusal !== undefined);
    });
  return (
    <li class={`invitation${fresh ? " fresh" : ""}`} data-testid="invitation" ref={row}>
      <div class="invitation-head">
        <p>{line}</p>
        <button
          type="button"
          class="plain"
          aria-label={say("revokeOne", about)}
          disabled={busy}
          data-testid="revoke"
          onClick={revoke}
        >
          {say("revoke")}
        </button>
      </div>
      {link && (
        <>
          <LinkField
            say={say}
            link={link}
            label={say("inviteLink")}
            line="invitation-link"
            testid="invite-link"
          />
          <p class="admin-hint">{say("inviteKeep")}</p>
        </>
      )}
    </li>
  );
}

function InviteForm(props: {
  page: PageProps;
  onMade(invitation: string): void;
  onRefused(sentence: string): void;
}) {
  const { page, onMade, onRefused } = props;
  const { say, state } = page;
  const [role, set_role] = useState(2);
  const [life, set_life] = useState(DAY_MS);
  const [busy, run] = useBusy();
  const make = (event: Event) => {
    event.preventDefault();
    run(async () => {
      const made = await state.invite(role, life);
      if (typeof made === "string") {
        onMade(made);
      } else {
        onRefused(sentenceOf(say, made));
      }
    });
  };
  return (
    <form class="invite" onSubmit={make}>
      <Field name="invite-role" label={say("inviteRole")}>
        {() => (
          <select
            id="invite-role"
            class="field"
            value={role}
            data-testid="invite-role"
            onChange={(event) => set_role(Number(event.currentTarget.value))}
          >
            {roles.map(([each, name, more]) => (
              <option key={each} value={each}>
                {`${say(name)} (${say(more)})`}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field name="invite-life" label={say("inviteLife")}>
        {() => (
          <select
            id="invite-life"
            class="field"
            value={life}
            onChange={(event) => set_life(Number(event.currentTarget.value))}
          >
            {lives.map(([ms, name]) => (
              <option key={ms} value={ms}>
                {say(name)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <button type="submit" class="primary" disabled={busy} data-testid="invite-make">
        {say(busy ? "inviteMaking" : "inviteMake")}
      </button>
    </form>
  );
}

export function TeamPage(props: PageProps) {
  const { say, state } = props;
  const [fresh, set_fresh] = useState("");
  const [done, set_done] = useState<{ said: string; bad: boolean } | undefined>();
  const { devices = [], invitations = [] } = state.team.value ?? {};
  return (
    <>
      <p class="admin-lead">{say("teamLead")}</p>
      <h3>{say("teamMembers")}</h3>
      {devices.length === 0 && <p class="admin-hint">{say("teamEmpty")}</p>}
      <ul class="members">
        {peopleOf(devices).map((member) => (
          <Member
            key={toHex(member.person)}
            page={props}
            member={member}
            onDone={(said, bad) => set_done({ said, bad })}
            onInvited={set_fresh}
          />
        ))}
      </ul>
      <p
        class={done?.bad ? "admin-error" : "admin-done"}
        role="status"
        data-testid="team-done"
      >
        {done?.said}
      </p>
      <Former page={props} members={devices.filter(({ removedMs }) => removedMs > 0)} />
      <h3>{say("invite")}</h3>
      <p class="admin-hint">{say("inviteLead")}</p>
      <InviteForm
        page={props}
        onMade={(invitation) => {
          set_fresh(invitation);
          set_done(undefined);
        }}
        onRefused={(said) => set_done({ said, bad: true })}
      />
      <h3>{say("open")}</h3>
      {invitations.length === 0 && <p class="admin-hint">{say("openNone")}</p>}
      <ul class="invitations">
        {invitations.map((invitation) => (
          <Invitation
            key={toHex(invitation.invitation)}
            page={props}
            invitation={invitation}
            fresh={toHex(invitation.invitation) === fresh}
            onDone={(said, bad) => set_done({ said, bad })}
          />
        ))}
      </ul>
    </>
  );
}
