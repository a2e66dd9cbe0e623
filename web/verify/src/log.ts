// A log: envelopes, the chain, the fold of members, and what a receiver checks (PROTOCOL.md 3).
import { equal, hex, is_zero, u64be } from "./bytes.ts";
import { decode, encode } from "./codec.ts";
import { hash, sign, verify } from "./crypto.ts";
import { check_grant } from "./grant.ts";
import type { Recipient, TeamKey } from "./grant.ts";
import { fault_at, take_agent_certificate, take_device_card } from "./identity.ts";
import type { Certificate, Device, Shop } from "./identity.ts";
import { Refused, demand } from "./refused.ts";
import type { RefusalName } from "./refused.ts";
import { Envelope, Header, MemberBody } from "./schema.ts";
import type { GrantBody } from "./schema.ts";

const DOMAIN = "shopbell envelope v1";

export const CLASS = { message: 1n, grant: 2n, member: 3n, erase: 4n } as const;
export const LOG_KIND = { main: 1n, team: 2n, shop: 3n } as const;
export const MEMBER_KIND = {
  genesis: 1n, join: 2n, leave: 3n, resume: 4n, admit: 5n, keys: 6n,
} as const;
const DEVICES_MAX = 16;
const EPOCH_BOXES_MAX = 200;

export const log_id = (
  shop: Uint8Array, creator: Uint8Array, random: Uint8Array,
): Uint8Array => hash("shopbell log id v1", shop, creator, random).slice(0, 16);

export const body_digest = (body: Uint8Array): Uint8Array => hash("shopbell body v1", body);

export const envelope_hash = (header: Uint8Array, signature: Uint8Array): Uint8Array =>
  hash("shopbell envelope hash v1", header, signature);

export const chain_start = (shop: Uint8Array, log: Uint8Array): Uint8Array =>
  hash("shopbell chain start v1", shop, log);

export const chain_next = (
  before: Uint8Array, seq: bigint, time_ms: bigint, of_envelope: Uint8Array,
): Uint8Array => hash("shopbell chain v1", before, u64be(seq), u64be(time_ms), of_envelope);

// Fills in body_length and body_digest and signs.
export function make_envelope(
  sign_seed: Uint8Array, header: Partial<Header>, body: Uint8Array,
): Uint8Array {
  const bytes = encode(Header, {
    ...header, body_length: BigInt(body.length), body_digest: body_digest(body),
  });
  return encode(Envelope, { header: bytes, signature: sign(sign_seed, DOMAIN, bytes), body });
}

// An envelope whose form holds; its signature is not yet checked.
export interface Opened {
  readonly header: Header;
  readonly header_bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly body: Uint8Array;
  readonly hash: Uint8Array;
}

function demand_class(header: Header): void {
  const { envelope_class, epoch, commitment } = header;
  demand(envelope_class !== CLASS.erase, "class_refused");
  demand(envelope_class >= CLASS.message && envelope_class <= CLASS.erase, "envelope_bad");
  const sealed = envelope_class === CLASS.message;
  demand(sealed ? epoch > 0n && !is_zero(commitment) : epoch === 0n && is_zero(commitment),
    "envelope_bad");
}

// Refusals: truncated, malformed, chain_broken (body_length or body_digest).
export function read_envelope(bytes: Uint8Array): Opened {
  const { header: header_bytes, signature, body } = decode(Envelope, bytes);
  const header = decode(Header, header_bytes);
  const fits = header.body_length === BigInt(body.length) &&
    equal(header.body_digest, body_digest(body));
  demand(fits, "chain_broken");
  return { header, header_bytes, signature, body, hash: envelope_hash(header_bytes, signature) };
}

export type AuthorClass = "customer" | "shop" | "desk" | "not_from_the_shop";

export interface Entry {
  readonly seq: bigint;
  readonly time_ms: bigint;
  readonly envelope: Uint8Array;
}

export interface Placed extends Opened {
  readonly seq: bigint;
  readonly time_ms: bigint;
  readonly chain: Uint8Array;
  readonly author_class: AuthorClass;
  // Why the entry counts for nothing though it has its place; none where it counts.
  readonly problem: RefusalName | undefined;
  readonly grant: GrantBody | undefined;
}

interface Author {
  readonly device: Device;
  readonly certificate: Certificate | undefined;
  // A further device of the customer.
  readonly admitted: boolean;
  counter: bigint;
  last: Uint8Array;
}

function ascend(epochs: MemberBody["epochs"]): boolean {
  const rises = epochs.every(({ epoch, box }, i) =>
    epoch > (epochs[i - 1]?.epoch ?? 0n) && !is_zero(box));
  return rises && epochs.length > 0 && epochs.length <= EPOCH_BOXES_MAX;
}

// One log as a receiver checks it, entry by entry. `chain_broken` and `forked` are thrown and end
// it; other problems leave the entry in its place.
export class LogReader {
  readonly log: Uint8Array;
  readonly chains: Uint8Array[];
  kind = 0n;
  last_epoch = 0n;
  private shop: Shop;
  private teams: TeamKey[] = [];
  private time_ms = 0n;
  private creator: Uint8Array | undefined;
  private readonly authors = new Map<string, Author>();
  private readonly granted: { time_ms: bigint; team_version: bigint }[] = [];

  constructor(shop: Shop, log: Uint8Array) {
    this.shop = shop;
    this.log = log;
    this.chains = [chain_start(shop.info.shop, log)];
    this.adopt(shop);
  }

  // A newer card; team keys of the former ones stay accepted.
  adopt(shop: Shop): void {
    this.shop = shop;
    const { team_version: version, team_key: key } = shop.info;
    this.teams = [...this.teams.filter((team) => team.version !== version), { version, key }];
  }

  get head_seq(): bigint {
    return BigInt(this.chains.length - 1);
  }

  // The devices that a grant must name (4.2), the team apart.
  grant_devices(): Recipient[] {
    return [...this.customers(), this.shop.desk];
  }

  // The creator of a main log and whom he or the desk has admitted.
  private customers(): Device[] {
    return [...this.authors.values()].map(({ device }) => device)
      .filter(({ id }) => this.of_customer(id));
  }

  private of_customer(id: Uint8Array): boolean {
    if (this.kind !== LOG_KIND.main || equal(id, this.shop.desk.id)) {
      return false;
    }
    const creates = this.creator !== undefined && equal(id, this.creator);
    return creates || (this.authors.get(hex(id))?.admitted ?? false);
  }

  // 3.10. Refusals: chain_broken, forked; truncated, malformed where the envelope cannot be read.
  place(entry: Entry): Placed {
    const { seq, time_ms } = entry;
    demand(seq === this.head_seq + 1n && time_ms >= this.time_ms, "chain_broken");
    const opened = read_envelope(entry.envelope);
    demand(equal(opened.header.log, this.log), "chain_broken");
    const judged = this.judge(entry, opened);
    const chain = chain_next(this.chains.at(-1)!, seq, time_ms, opened.hash);
    this.chains.push(chain);
    this.time_ms = time_ms;
    if (judged.grant) {
      this.granted.push({ time_ms, team_version: judged.grant.team_version });
    }
    return { ...opened, seq, time_ms, chain, ...judged };
  }

  // 3.8: the newest version of the team that an epoch from before that time names.
  private team_before(time_ms: bigint): bigint {
    return this.granted.filter((each) => each.time_ms < time_ms).at(-1)?.team_version ?? 0n;
  }

  private judge(
    entry: Entry, opened: Opened,
  ): Pick<Placed, "author_class" | "problem" | "grant"> {
    const refused = (problem: RefusalName, author_class: AuthorClass = "not_from_the_shop") =>
      ({ author_class, problem, grant: undefined });
    let author;
    try {
      author = this.author_of(entry, opened);
    } catch (error) {
      if (error instanceof Refused) {
        return refused(error.refusal);
      }
      throw error;
    }
    this.demand_sequence(author, opened, entry.seq);
    author.counter = opened.header.counter;
    author.last = opened.hash;
    const author_class = this.class_of(author, entry.time_ms);
    try {
      return { author_class, problem: undefined, grant: this.admit(author, opened) };
    } catch (error) {
      if (error instanceof Refused) {
        return refused(error.refusal, author_class);
      }
      throw error;
    }
  }

  private demand_sequence(author: Author, { header }: Opened, seq: bigint): void {
    const follows = header.counter === author.counter + 1n && equal(header.previous, author.last);
    demand(follows, "chain_broken");
    const seen = header.seen_seq < seq ? this.chains[Number(header.seen_seq)] : undefined;
    demand(seen !== undefined && equal(seen, header.seen_chain), "forked");
  }

  // The author by the fold or by this entry itself, his signature checked.
  private author_of(entry: Entry, opened: Opened): Author {
    const { header, header_bytes, signature } = opened;
    const member = header.envelope_class === CLASS.member;
    const author = member ? this.joining(entry, opened) : this.writing(header.author);
    demand(verify(author.device.sign_key, DOMAIN, header_bytes, signature), "bad_signature");
    return author;
  }

  private writing(id: Uint8Array): Author {
    const known = this.authors.get(hex(id));
    if (known) {
      return known;
    }
    demand(equal(id, this.shop.desk.id), "not_a_member");
    return this.author(this.shop.desk, undefined);
  }

  private author(device: Device, certificate: Certificate | undefined): Author {
    const before = this.authors.get(hex(device.id));
    const { counter = 0n, last = new Uint8Array(32), admitted = false } = before ?? {};
    return { device, certificate, admitted, counter, last };
  }

  // The desk's word that the log goes on after a restore; nothing but the kind stands in it.
  private resuming(first: boolean, author: Uint8Array, body: Uint8Array): Author {
    demand(!first && equal(body, Uint8Array.of(8, Number(MEMBER_KIND.resume))), "envelope_bad");
    demand(equal(author, this.shop.desk.id), "not_a_member");
    return this.writing(author);
  }

  private joining(entry: Entry, { header, body }: Opened): Author {
    const member = decode(MemberBody, body);
    demand(member.kind !== MEMBER_KIND.leave, "class_refused");
    const first = entry.seq === 1n;
    if (member.kind === MEMBER_KIND.resume) {
      return this.resuming(first, header.author, body);
    }
    const hosts = member.kind === MEMBER_KIND.admit || member.kind === MEMBER_KIND.keys;
    if (!first && hosts) {
      return this.hosting(member, header.author);
    }
    demand(member.kind === (first ? MEMBER_KIND.genesis : MEMBER_KIND.join), "envelope_bad");
    const device = take_device_card(member.card);
    demand(equal(device.id, header.author), "not_a_member");
    if (first) {
      this.demand_genesis(member, device);
      return this.author(device, undefined);
    }
    demand(this.kind !== LOG_KIND.shop, "not_a_member");
    demand(member.certificate.length > 0, "not_certified");
    const certificate = take_agent_certificate(this.shop, member.certificate);
    demand(equal(certificate.device, device.id), "not_certified");
    const fault = fault_at(
      this.shop, certificate, entry.time_ms, this.team_before(entry.time_ms),
    );
    demand(fault === undefined, fault ?? "certificate_ended");
    return this.author(device, certificate);
  }

  // Whoever lets a further device of the customer in, or hands it the keys of what was before.
  private hosting(member: MemberBody, author: Uint8Array): Author {
    const { log_kind, shop, random, main_log, card, certificate, device, epochs } = member;
    const bare = log_kind === 0n && [shop, random, main_log].every(is_zero);
    const admits = member.kind === MEMBER_KIND.admit;
    const fits = admits
      ? is_zero(device) && epochs.length === 0
      : card.length === 0 && this.of_customer(device) && ascend(epochs);
    demand(bare && certificate.length === 0 && fits, "envelope_bad");
    const may = equal(author, this.shop.desk.id) || this.of_customer(author);
    demand(this.kind === LOG_KIND.main && may, "not_a_member");
    if (admits) {
      const { id } = take_device_card(card);
      demand(!equal(id, this.shop.desk.id), "envelope_bad");
      demand(this.of_customer(id) || this.customers().length < DEVICES_MAX, "too_large");
    }
    return this.writing(author);
  }

  private let_in(card: Uint8Array): void {
    const device = take_device_card(card);
    if (!this.of_customer(device.id)) {
      const { certificate } = this.authors.get(hex(device.id)) ?? {};
      this.authors.set(hex(device.id), { ...this.author(device, certificate), admitted: true });
    }
  }

  private demand_genesis(member: MemberBody, device: Device): void {
    const { shop, random, log_kind, main_log } = member;
    demand(equal(shop, this.shop.info.shop), "wrong_shop");
    demand(log_kind >= LOG_KIND.main && log_kind <= LOG_KIND.shop, "envelope_bad");
    demand(equal(log_id(shop, device.id, random), this.log), "envelope_bad");
    demand(is_zero(main_log) === (log_kind !== LOG_KIND.team), "envelope_bad");
    const desk_only = log_kind !== LOG_KIND.main;
    demand(!desk_only || equal(device.id, this.shop.desk.id), "not_a_member");
  }

  private class_of({ device, certificate }: Author, at_ms: bigint): AuthorClass {
    if (equal(device.id, this.shop.desk.id)) {
      return "desk";
    }
    if (certificate && !fault_at(this.shop, certificate, at_ms, this.team_before(at_ms))) {
      return "shop";
    }
    return certificate && !this.of_customer(device.id) ? "not_from_the_shop" : "customer";
  }

  // Lets the entry count: the fold moves on, a grant is checked.
  private admit(author: Author, { header, body }: Opened): GrantBody | undefined {
    this.authors.set(hex(author.device.id), author);
    demand_class(header);
    if (header.envelope_class === CLASS.grant) {
      const grant = check_grant(body, this.last_epoch, this.grant_devices(), this.teams);
      this.last_epoch = grant.epoch;
      return grant;
    }
    if (header.envelope_class === CLASS.member && this.head_seq === 0n) {
      this.kind = decode(MemberBody, body).log_kind;
      this.creator = header.author;
    }
    const member = header.envelope_class === CLASS.member && decode(MemberBody, body);
    if (member && member.kind === MEMBER_KIND.admit) {
      this.let_in(member.card);
    }
    return undefined;
  }
}
