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
export const MEMBER_KIND = { genesis: 1n, join: 2n, leave: 3n, resume: 4n } as const;

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
  counter: bigint;
  last: Uint8Array;
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
    const creator = this.creator && this.authors.get(hex(this.creator));
    const { desk } = this.shop;
    return this.kind === LOG_KIND.main && creator ? [creator.device, desk] : [desk];
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
    return { ...opened, seq, time_ms, chain, ...judged };
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
    const counter = before?.counter ?? 0n;
    return { device, certificate, counter, last: before?.last ?? new Uint8Array(32) };
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
    const fault = fault_at(this.shop, certificate, entry.time_ms);
    demand(fault === undefined, fault ?? "certificate_ended");
    return this.author(device, certificate);
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
    if (certificate) {
      return fault_at(this.shop, certificate, at_ms) ? "not_from_the_shop" : "shop";
    }
    return "customer";
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
    return undefined;
  }
}
