// The sentence that people read for each error of core/errors.json. Many names share one: what
// matters to a person is what happened to his message and what he can do.
import { errorName, type ErrorName } from "./error_name.ts";
import type { Status } from "../src/status.ts";
import type { SentenceKey, Translate } from "./index.ts";

export const sentenceOf: Record<ErrorName, SentenceKey> = {
  truncated: "errorDamaged",
  malformed: "errorDamaged",
  too_large: "errorTooLarge",
  unknown_format: "errorUpdate",
  bad_signature: "errorDamaged",
  bad_key: "errorDamaged",
  wrong_shop: "errorWrongShop",
  card_chain: "errorCardChain",
  card_old: "errorCardOld",
  card_forked: "errorCardForked",
  card_stale: "errorCardStale",
  certificate_ended: "errorCertificateEnded",
  certificate_revoked: "errorCertificateRevoked",
  not_certified: "errorNotCertified",
  chain_broken: "errorRecordBroken",
  forked: "errorRecordForked",
  grant_bad: "errorShopCannotOpen",
  no_epoch_key: "errorNotYetOpen",
  body_bad: "errorCannotOpen",
  store_failed: "errorStoreFailed",
  store_damaged: "errorStoreDamaged",
  relay_key_unknown: "errorServerUnknown",
  no_session: "errorDeskAway",
  command_bad: "errorUpdate",
  not_a_member: "errorStranger",
  box_bad: "errorDamaged",
  replayed: "errorDamaged",
  invitation_refused: "errorInvitation",
  role_refused: "errorRole",
  setting_refused: "errorRefused",
  picture_bad: "errorRefused",
  identity_off: "errorRefused",
  identity_refused: "errorRefused",
  identity_expired: "errorRefused",
  identity_device: "errorRefused",
  identity_used: "errorRefused",
  identity_other: "errorRefused",
  blob_bad: "errorDamaged",
  blob_cancelled: "errorRefused",
  blob_file_needed: "errorRefused",
  blob_file_changed: "errorRefused",
  link_used: "errorRefused",
  link_expired: "errorRefused",
  link_denied: "errorRefused",
  frame_bad: "errorUpdate",
  id_taken: "errorAgain",
  counter_gap: "errorAgain",
  epoch_closed: "errorAgain",
  grant_taken: "errorAgain",
  grant_refused: "errorRefused",
  not_member: "errorNotMember",
  no_such_log: "errorNoConversation",
  log_exists: "errorRefused",
  envelope_bad: "errorUpdate",
  busy: "errorBusy",
  store_full: "errorServerStore",
  card_refused: "errorCardRefused",
  mark_refused: "errorRefused",
  unreachable: "errorDeskAway",
  quota: "errorBusy",
  class_refused: "errorUpdate",
  log_held: "errorSetBack",
  refill_refused: "errorSetBackRefused",
  blob_request: "errorUpdate",
  blob_token: "errorAgain",
  blob_metadata: "errorUpdate",
  blob_size: "errorTooLarge",
  blob_quota: "errorBusy",
  blob_full: "errorServerStore",
  blob_unknown: "errorRefused",
  blob_offset: "errorAgain",
  blob_checksum: "errorAgain",
  slow_down: "errorBusy",
  preview_off: "errorRefused",
  preview_none: "errorRefused",
  closed_crowded: "errorBusy",
  closed_draining: "errorRestarting",
  closed_slow: "errorWeak",
  closed_idle: "errorWeak",
  closed_busy: "errorBusy",
  closed_store: "errorServerStore",
  closed_restored: "errorSetBack",
  closed_hello: "errorWeak",
  closed_frame: "errorUpdate",
  closed_replaced: "errorReplaced",
  closed_shop_unknown: "errorShopUnknown",
  closed_proof: "errorProof",
  closed_certificate: "errorCertificate",
  closed_removed: "errorRemoved",
  closed_origin: "errorOrigin",
};

export function errorSentence(t: Translate, code: number): string {
  const name = errorName(code);
  return name === "unknown" ? t("errorOther", { code }) : t(sentenceOf[name]);
}

/** What the line above a conversation says of its connection. */
export function statusSentence(t: Translate, status: Status): string {
  return status.sentence ? t(status.sentence) : errorSentence(t, status.code);
}

/** They promise another try, which a message that was refused for good does not get. */
const passing: ReadonlySet<SentenceKey> = new Set([
  "errorAgain", "errorBusy", "errorDeskAway", "errorRestarting", "errorServerStore",
  "errorSetBack",  "errorShopCannotOpen", "errorWeak",
]);

/** Why a message was refused, and what its author can do. */
export function refusalSentence(t: Translate, code: number): string {
  const name = errorName(code);
  const waits = name !== "unknown" && passing.has(sentenceOf[name]);
  return waits ? t("sendAgainLater") : errorSentence(t, code);
}
