// A refusal with the name it has in core/errors.json. All functions of the verifier that take bytes
// from outside throw it, and nothing else.

export type RefusalName =
  | "truncated" | "malformed" | "unknown_format" | "bad_signature" | "bad_key" | "wrong_shop"
  | "card_chain" | "card_old" | "card_forked" | "certificate_ended" | "certificate_revoked"
  | "not_certified" | "chain_broken" | "forked" | "grant_bad" | "no_epoch_key" | "body_bad"
  | "not_a_member" | "box_bad" | "replayed" | "no_session" | "grant_taken" | "grant_refused"
  | "envelope_bad" | "class_refused" | "relay_key_unknown" | "closed_proof" | "too_large"
  | "blob_bad";

export class Refused extends Error {
  readonly refusal: RefusalName;

  constructor(refusal: RefusalName) {
    super(refusal);
    this.name = "Refused";
    this.refusal = refusal;
  }
}

// Throws unless `holds`.
export function demand(holds: boolean, otherwise: RefusalName): asserts holds {
  if (!holds) {
    throw new Refused(otherwise);
  }
}

// Runs `act`; any refusal in it is named `name` instead.
export function named<T>(name: RefusalName, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof Refused ? new Refused(name) : error;
  }
}
