// Grants: who can open an epoch (PROTOCOL.md 4).
import { compare, equal, join, u64be, utf8 } from "./bytes.ts";
import { commitment_of, fits_commitment } from "./body.ts";
import { decode, encode } from "./codec.ts";
import { box_open, box_seal } from "./crypto.ts";
import { team_id } from "./identity.ts";
import { demand } from "./refused.ts";
import { GrantBody, MemberBody } from "./schema.ts";

// A device, or a team key under its team id.
export interface Recipient {
  readonly id: Uint8Array;
  readonly seal_key: Uint8Array;
}

export interface TeamKey {
  readonly version: bigint;
  readonly key: Uint8Array;
}

const grant_aad = (
  log: Uint8Array, epoch: bigint, commitment: Uint8Array, recipient: Uint8Array,
): Uint8Array =>
  join(utf8("shopbell grant box v1"), log, u64be(epoch), commitment, recipient);

// 4.2: `devices` and the team, each once, ascending by id. Version 0 is no team.
export function recipients_of(devices: readonly Recipient[], team: TeamKey): Recipient[] {
  const all = [...devices];
  if (team.version > 0n) {
    all.push({ id: team_id(team.version, team.key), seal_key: team.key });
  }
  all.sort((a, b) => compare(a.id, b.id));
  return all.filter((one, i) => i === 0 || !equal(one.id, all[i - 1]!.id));
}

// `ephemerals`: a fresh X25519 secret for each recipient, in order of recipient. Refusal: bad_key.
export function make_grant(
  log: Uint8Array, epoch: bigint, key: Uint8Array, devices: readonly Recipient[], team: TeamKey,
  ephemerals: readonly Uint8Array[],
): Uint8Array {
  const commitment = commitment_of(log, epoch, key);
  const boxes = recipients_of(devices, team).map(({ id, seal_key }, i) => {
    const aad = grant_aad(log, epoch, commitment, id);
    return { recipient: id, box: box_seal(ephemerals[i]!, seal_key, aad, key) };
  });
  return encode(GrantBody, { epoch, commitment, team_version: team.version, boxes });
}

// 4.3 but for the author, against the newest epoch placed, the devices that the fold and the card
// ask for, and the team keys that are accepted. Refusals: truncated, malformed, grant_taken,
// grant_refused.
export function check_grant(
  body: Uint8Array, last_epoch: bigint, devices: readonly Recipient[], teams: readonly TeamKey[],
): GrantBody {
  const grant = decode(GrantBody, body);
  demand(grant.epoch > last_epoch, "grant_taken");
  demand(grant.epoch === last_epoch + 1n, "grant_refused");
  const team = teams.find(({ version }) => version === grant.team_version);
  demand(team !== undefined, "grant_refused");
  const wanted = recipients_of(devices, team);
  const fits = wanted.length === grant.boxes.length &&
    wanted.every(({ id }, i) => equal(id, grant.boxes[i]!.recipient));
  demand(fits, "grant_refused");
  return grant;
}

// 4.4: the epoch's key from the box of `recipient`. Refusals: box_bad, grant_bad.
export function open_grant(
  grant: GrantBody, log: Uint8Array, recipient: Uint8Array, secret: Uint8Array,
): Uint8Array {
  const { epoch, commitment } = grant;
  const own = grant.boxes.find((box) => equal(box.recipient, recipient));
  demand(own !== undefined, "box_bad");
  const key = box_open(secret, grant_aad(log, epoch, commitment, recipient), own.box);
  demand(fits_commitment(log, epoch, key, commitment), "grant_bad");
  return key;
}

export interface EpochKey {
  readonly epoch: bigint;
  readonly key: Uint8Array;
}

const keys_aad = (log: Uint8Array, epoch: bigint, to: Uint8Array): Uint8Array =>
  join(utf8("shopbell keys box v1"), log, u64be(epoch), to);

// 4.7: keys of older epochs for a device that came later; a fresh secret for each.
export const make_keys = (
  log: Uint8Array, to: Recipient, keys: readonly EpochKey[], ephemerals: readonly Uint8Array[],
): Uint8Array => encode(MemberBody, {
  kind: 6n, device: to.id,
  epochs: keys.map(({ epoch, key }, i) =>
    ({ epoch, box: box_seal(ephemerals[i]!, to.seal_key, keys_aad(log, epoch, to.id), key) })),
});

// Commitments are the caller's to compare. Refusals: truncated, malformed, box_bad.
export function open_keys(body: Uint8Array, log: Uint8Array, secret: Uint8Array): EpochKey[] {
  const { device, epochs } = decode(MemberBody, body);
  return epochs.map(({ epoch, box }) =>
    ({ epoch, key: box_open(secret, keys_aad(log, epoch, device), box) }));
}
