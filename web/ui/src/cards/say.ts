// Sends cards and answers: encoded, with words for those who do not know the kind.
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { fromHex } from "../../../engine/src/text.ts";
import type { Locale } from "../../i18n/index.ts";
import { NO_TARGET, type Item, type Target } from "../conversation.ts";
import type { Session } from "../session.ts";
import { fallbackOf } from "./fallback.ts";
import type { CardsHost } from "./host.ts";
import { bytesOf, Decision, type Card } from "./read.ts";

/** content_bytes_max of limits.h, less what stands around. */
const BYTES_MAX = 16 * 1024 - 256;


const utf8 = new TextEncoder();

/** It can be sent as one message. */
export function fitsOneMessage(card: Card, locale: Locale): boolean {
  const words = utf8.encode(fallbackOf(locale, card)).length;
  return bytesOf(card).length + words <= BYTES_MAX;
}

/** `log` in hexadecimal. The answer is the message's number. */
export function sendCard(
  session: Session,
  log: string,
  card: Card,
  target: Target = NO_TARGET,
  words = fallbackOf(session.locale, card),
): number {
  const ref = session.say(log, target, card.kind, bytesOf(card), words);
  // One's own words stand at the end, wherever one was reading; who answers stays where he is.
  if (target === NO_TARGET && session.logs.peek().get(log)?.newer) {
    session.loadLatest(fromHex(log));
  }
  return ref;
}

/** Ends a question of the shop that nobody has answered. */
export function withdraw({ session }: CardsHost, log: string, question: Item, title: string): void {
  const of = { choice: Decision.withdrawn, title, amount: 0, currency: "" };
  sendCard(session, log, { kind: ContentKind.DECISION_GIVEN, of }, question);
}
