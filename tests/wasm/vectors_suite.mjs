// tests/vectors/*.json against vectors.wasm, one function a file. Runs in Node and in a page, so it
// imports nothing but the calls.
import { text } from "./vectors_call.mjs";

const bytes = (hex) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const joined = (parts) => bytes(parts.join(""));
const flag = (value) => Uint8Array.of(value ? 1 : 0);
const flag_hex = (value) => (value ? "01" : "00");

// Absent is 0; above 2^53-1 the files hold decimal strings.
function u64(value = 0) {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value), true);
  return out;
}
const u64_hex = (value) => Array.from(u64(value), (b) => b.toString(16).padStart(2, "0")).join("");

const device = ({ sign_seed, seal_secret, created_ms }) =>
  [bytes(sign_seed), bytes(seal_secret), u64(created_ms)];
const card = (shop, signed) => [bytes(shop), bytes(signed)];
const author_classes = ["", "customer", "shop", "desk", "stranger"];

/** The cases of one file: `call` as open_driver gives it, `is(what, got, wanted)` notes a fault. */
const cases = {
  codec(file, call, is) {
    const recode = ({ type, hex }) => call("recode", text(type), bytes(hex));
    for (const at of file.values) is(at.type, recode(at), { error: "none", out: [at.hex] });
    for (const at of file.accepted) is(at.what, recode(at).error, "none");
    for (const at of file.refused) is(at.what, recode(at).error, at.error);
  },

  hash_kdf(file, call, is) {
    const out = (...args) => call(...args).out[0];
    for (const { label, parts, hash } of file.hash) {
      is(label, out("hash", text(label), joined(parts)), hash);
    }
    for (const { key, label, parts, out: wanted } of file.kdf) {
      is(label, out("kdf", bytes(key), text(label), joined(parts)), wanted);
    }
    for (const { seed, key, domain, x, signature } of file.sign) {
      is(domain, call("sign", bytes(seed), text(domain), bytes(x)).out, [key, signature]);
    }
    for (const { what, key, domain, x, signature, valid } of file.verify) {
      const args = [bytes(key), text(domain), bytes(x), bytes(signature)];
      is(what, out("verify", ...args), flag_hex(valid));
    }
    for (const { key, nonce, aad, plain, sealed } of file.aead) {
      is("aead", out("aead_seal", ...[key, nonce, aad, plain].map(bytes)), sealed);
    }
    for (const { secret, key, shared } of file.agree) {
      const wanted = shared ? { error: "none", out: [shared] } : { error: "bad_key", out: [] };
      is("agree", call("agree", bytes(secret), bytes(key)), wanted);
    }
    const open = (at) => call("open_box", ...[at.to_secret, at.aad, at.box].map(bytes));
    for (const at of file.box.filter(({ plain }) => plain.length === 64)) {
      is("box", open(at), { error: "none", out: [at.plain] });
    }
    for (const at of file.box_refused) is(at.what, open(at).error, at.error);
  },

  device(file, call, is) {
    for (const at of file.devices) {
      is(at.name, call("device", ...device(at)).out, [at.id, at.sign_key, at.seal_key, at.card]);
      is(at.name, call("take_device", bytes(at.card)), { error: "none", out: [at.id] });
    }
    for (const at of file.refused) {
      is(at.what, call("take_device", bytes(at.card)).error, at.error);
    }
  },

  shop_card(file, call, is) {
    const { shop, desk_certificate: certificate } = file;
    is("desk certificate", call("desk_certificate", bytes(file.root_seed),
      bytes(certificate.desk_key), u64(certificate.issued_ms), u64(certificate.not_after_ms)).out,
    [certificate.signed]);
    for (const { version, secret, key, id } of file.teams) {
      is("team", call("team", u64(version), bytes(secret)).out, [key, id]);
    }
    const take = (signed) => call("take_card", ...card(shop, signed));
    for (const { fields, signed, card_hash } of file.cards) {
      is("card", take(signed), { error: "none", out: [u64_hex(fields.version)] });
      const made = call("make_card", ...device(file.desk), bytes(certificate.signed),
        ...card(shop, signed));
      is("card made", made.out, [signed]);
      is("card hash", call("hash", text("shopbell card hash v1"), bytes(signed)).out, [card_hash]);
    }
    for (const at of file.accepted) is(at.what, take(at.card).error, "none");
    for (const at of file.refused) is(at.what, take(at.card).error, at.error);
    for (const at of file.versions) {
      const compared = call("compare_cards", ...card(shop, at.known), ...card(shop, at.next));
      is(at.what, compared, { error: at.error ?? "none", out: [flag_hex(at.adopt)] });
    }
  },

  agent_certificate(file, call, is) {
    const { shop, signed } = file;
    const issuer = card(shop, file.cards[0]);
    const take = (certificate) => call("take_certificate", ...issuer, bytes(certificate));
    for (const { fields, signed } of [file, file.further]) {
      const person = fields.person ?? "00".repeat(32);
      const made = call("make_certificate", ...device(file.desk), bytes(shop), bytes(fields.device),
        u64(fields.role), u64(fields.issued_ms), u64(fields.not_after_ms), bytes(person));
      is("made", made.out, [signed]);
      is("taken", take(signed),
        { error: "none", out: [fields.device, fields.person ?? fields.device] });
    }
    for (const at of file.refused) is(at.what, take(at.signed).error, at.error);
    for (const at of file.validity) {
      const { error } = call("certificate_at", ...issuer, bytes(signed), ...card(shop, at.card),
        u64(at.at_ms), u64(at.team_version));
      is(at.what, error, at.error ?? "none");
    }
  },

  handover(file, call, is) {
    const open = ({ device: to, version, box }) =>
      call("handover", ...device(to), bytes(file.shop), u64(version), bytes(box));
    const good = { device: file.device, version: file.team.version, box: file.box };
    is("opened", open(good), { error: "none", out: [file.team.secret] });
    for (const at of file.refused) is(at.what, open(at).error, at.error);
  },

  invitation(file, call, is) {
    for (const { device: id, mac } of [file, file.other_device]) {
      const made = call("invitation", bytes(file.secret), bytes(file.shop), bytes(id));
      is("invitation", made.out, [file.invitation_id, file.key, mac]);
    }
  },

  link(file, call, is) {
    for (const { host, guest, nonce, mac, digits } of file.uses) {
      const made = call("link", ...[file.secret, file.shop, host, guest, nonce].map(bytes));
      is("link", made.out, [file.key, mac, u64_hex(digits)]);
    }
  },

  log(file, call, is) {
    const begin = ({ log, chain_0, creator, random }) => {
      const args = [file.shop, log, creator, random].map(bytes);
      is("begun", call("log_begin", ...args).out, [chain_0, log]);
    };
    const take = ({ card: number, seq, time_ms, envelope }) =>
      call("log_take", ...card(file.shop, file.cards[number - 1]), u64(seq), u64(time_ms),
        bytes(envelope));
    const by_name = Object.fromEntries(file.devices.map((each) => [each.name, each]));
    const keys = Object.fromEntries(file.epochs.map((each) => [each.epoch, each.key]));

    for (const { epoch, key, commitment } of file.epochs) {
      const made = call("commitment", bytes(file.log), u64(epoch), bytes(key));
      is("commitment", made.out, [commitment]);
    }
    begin(file);
    for (const at of file.entries) {
      const { error, out: [header, hash, chain, author_class] } = take(at);
      is(at.name, error, "none");
      is(at.name, [header, hash, chain], [at.header_bytes, at.envelope_hash, at.chain]);
      is(at.name, author_class, u64_hex(author_classes.indexOf(at.author_class)));
      const again = call("envelope_again", ...device(by_name[at.author]), bytes(at.envelope));
      is(at.name, again.out, [at.envelope]);
      if (at.epoch) {
        const opened = call("open_body", ...[at.header_bytes, keys[at.epoch], at.body].map(bytes));
        is(at.name, opened.out[0], at.inner_bytes);
      }
    }
    for (const at of file.refused) {
      begin(file);
      for (const entry of file.entries.slice(0, at.after)) is(at.name, take(entry).error, "none");
      is(at.name, take(at).error, at.error);
    }
    for (const log of file.desk_logs) {
      begin(log);
      for (const at of log.entries) {
        const { error, out } = take(at);
        is(log.name, [error, out[2], out[4]], ["none", at.chain, u64_hex(log.log_kind)]);
      }
    }
  },

  grant(file, call, is) {
    const open = (body, { recipient, secret }) =>
      call("grant_key", ...[file.log, body, recipient, secret].map(bytes));
    for (const { epoch, key, commitment, body, openings } of file.grants) {
      const made = call("commitment", bytes(file.log), u64(epoch), bytes(key));
      is("commitment", made.out, [commitment]);
      for (const at of openings) is("opened", open(body, at), { error: "none", out: [at.key] });
    }
    for (const at of file.opening_refused) is(at.what, open(at.body, at).error, at.error);
    const [desk, customer] = ["desk", "customer"].map((name) =>
      device(file.devices.find((each) => each.name === name)));
    for (const at of file.validity) {
      // The file's log was begun by its customer; where the desk is alone, the desk has begun one.
      const creator = at.devices.length === 1 ? desk : customer;
      const teams = at.teams.flatMap(({ version, key }) => [u64(version), bytes(key)]);
      const { error } = call("grant_rule", bytes(file.shop), ...desk, ...creator,
        u64(at.last_epoch), bytes(at.body), ...teams);
      is(at.what, error, at.error ?? "none");
    }
  },

  body(file, call, is) {
    for (const { length, padded } of file.padding) {
      is(`padding of ${length}`, call("padding", u64(length)).out, [u64_hex(padded)]);
    }
    const open = ({ header_bytes, epoch_key, body }) =>
      call("open_body", ...[header_bytes, epoch_key, body].map(bytes));
    for (const at of file.bodies) {
      is(at.name, open(at), { error: "none", out: [at.inner_bytes, at.plain] });
    }
    for (const at of file.opened) is(at.name, open(at).error, "none");
    for (const at of file.refused) is(at.name, open(at).error, at.error);
  },

  mark(file, call, is) {
    const take = (signed) => call("open_mark", bytes(file.device.sign_key), bytes(signed));
    for (const { fields, signed } of file.marks) {
      const made = call("mark", ...device(file.device), bytes(fields.log), bytes(fields.device),
        u64(fields.kind), u64(fields.seq), bytes(fields.chain));
      is("made", made.out, [signed]);
      is("taken", take(signed), { error: "none", out: [u64_hex(fields.seq)] });
    }
    for (const at of file.refused) is(at.what, take(at.signed).error, at.error);
  },

  checkpoint(file, call, is) {
    const { fields } = file;
    const made = call("checkpoint", bytes(file.relay_seed), bytes(fields.shop), bytes(fields.log),
      u64(fields.seq), bytes(fields.chain), u64(fields.time_ms), u64(fields.generation));
    is("made", made.out, [file.signed]);
    const take = (signed) => call("open_checkpoint", bytes(file.relay_key), bytes(signed));
    is("taken", take(file.signed), { error: "none", out: [u64_hex(fields.seq)] });
    for (const at of file.refused) is(at.what, take(at.signed).error, at.error);
  },

  hello(file, call, is) {
    const utf8_hex = (words) =>
      Array.from(text(words), (byte) => byte.toString(16).padStart(2, "0")).join("");
    for (const { url, host } of file.hosts) {
      is(url, call("host", text(url)).out, [utf8_hex(host)]);
    }
    is("signed", call("hello", ...device(file.device), bytes(file.proof_bytes)).out,
      [file.signature]);
    const holds = ({ proof_bytes, signature }) =>
      call("hello_holds", ...[file.device.sign_key, proof_bytes, signature].map(bytes)).out[0];
    is("holds", holds(file), "01");
    for (const at of file.refused) is(at.what, holds(at), "00");
  },

  welcome(file, call, is) {
    is("signed", call("welcome", bytes(file.relay_seed), bytes(file.proof_bytes)).out,
      [file.signature]);
    const holds = ({ proof_bytes, signature }) =>
      call("welcome_holds", ...[file.relay_key, proof_bytes, signature].map(bytes)).out[0];
    is("holds", holds(file), "01");
    for (const at of file.refused) is(at.what, holds(at), "00");
    for (const { what, key, at_ms, named } of file.named) {
      const found = call("relay_named", ...card(file.shop, file.card), bytes(key), u64(at_ms));
      is(what, found.out, [flag_hex(named)]);
    }
  },

  signal(file, call, is) {
    const { fields, epoch_key } = file;
    const open = (signed) =>
      call("open_signal", ...[file.device.sign_key, epoch_key, signed].map(bytes));
    for (const { content, signed } of file.signals) {
      const made = call("signal", ...device(file.device), bytes(epoch_key), bytes(fields.log),
        bytes(fields.author), bytes(fields.session), u64(fields.counter), u64(fields.expires_ms),
        u64(fields.epoch), u64(content.kind), flag(content.on));
      is("made", made.out, [signed]);
      is("opened", open(signed), { error: "none", out: [flag_hex(content.on)] });
    }
    for (const at of file.refused) is(at.what, open(at.signed).error, at.error);
  },

  session(file, call, is) {
    const begin = () => {
      const begun = call("session_begin", ...device(file.a), ...device(file.b),
        bytes(file.certificate), bytes(file.nonce_a), bytes(file.nonce_b), u64(file.time_ms));
      is("begun", begun, { error: "none", out: [file.open, file.accept] });
    };
    begin();
    for (const { direction, counter, message_bytes, bytes: data } of file.data) {
      const passed = call("session_data", u64(direction), u64(counter), bytes(message_bytes));
      is(`data ${counter}`, passed, { error: "none", out: [data, message_bytes] });
    }
    begin();
    for (const at of file.open_refused) {
      is(at.what, call("session_take_open", bytes(at.signed)).error, at.error);
    }
    for (const at of file.accept_refused) {
      is(at.what, call("session_take_accept", bytes(at.signed)).error, at.error);
    }
    for (const at of file.data_refused) {
      is(at.what, call("session_take_data", bytes(at.bytes)).error, at.error);
    }
  },

  blob(file, call, is) {
    const pattern = (size) => Uint8Array.from({ length: size }, (_, n) => n + (n >> 8));
    const hash_of = (sealed) => call("digest", bytes(sealed)).out[0];
    for (const { bytes: size, digest, sealed_bytes, chunks, sealed } of file.files) {
      const made = call("blob_seal", bytes(file.key), pattern(size)).out;
      is(`digest of ${size}`, made[0], digest);
      is(`size of ${size}`, made.slice(1).join("").length / 2, sealed_bytes);
      is(`chunks of ${size}`, made.slice(1).map((chunk) => [chunk.slice(0, 48), hash_of(chunk)]),
        chunks.map(({ nonce, hash }) => [nonce, hash]));
      if (sealed) is(`all of ${size}`, made[1], sealed);
    }
    for (const at of file.refused) {
      const args = [bytes(file.key), u64(at.bytes), u64(at.index), bytes(at.sealed)];
      is(at.what, call("blob_open", ...args).error, at.error);
    }
  },
};

export const vector_names = Object.keys(cases);

/** Runs one file; gives how much was compared and what differed. */
export function vector_suite(call, name, file) {
  const faults = [];
  let checked = 0;
  cases[name](file, call, (what, got, wanted) => {
    checked++;
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
    if (a !== b) faults.push(`${name}, ${what}: ${a} instead of ${b}`);
  });
  return { checked, faults };
}
