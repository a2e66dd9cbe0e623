import type { LinkWords } from "./index.ts";

export const en: LinkWords = {
  makeTitle: "Use on another device",
  makeMore:
    "Scan this with the other device, or send it the link. It works once. Keep this page open " +
    "until the other device is connected.",
  qr: "The link as a QR code",
  address: "Link",
  copy: "Copy",
  copied: "Copied",
  left: "Ends in {time}",
  takeBack: "Cancel the link",
  making: "Making a link",

  askedTitle: "Is this your other device?",
  askedMore: "It shows a code, too. Let it in only if both are the same; refuse it if they differ.",
  code: "Code to compare",
  allow: "Same code, let it in",
  refuse: "Refuse",
  allowedTitle: "Connected",
  allowedMore: "Your other device now has your conversations.",
  deniedTitle: "Refused",
  deniedMore:
    "That device was given nothing, and the link is used up. If it was not yours, show the link " +
    "to nobody else.",
  endedTitle: "The link has ended",
  endedMore: "A link lasts ten minutes. Make another one if you need it.",
  makeAnother: "Make another link",
  fullTitle: "Not connected",
  fullMore: "As many devices as can take part in a conversation already do.",
  failedTitle: "No link could be made",
  failedMore: "Check your connection and try again in a moment.",

  useTitle: "Continue your conversation here?",
  useMore:
    "You opened a link from another device. Its conversations will be shown here, and those " +
    "that you have here will be shown there.",
  use: "Use the link",
  notNow: "Not now",
  callingTitle: "Calling the other device",
  callingMore: "One moment.",
  awayTitle: "The other device does not answer",
  awayMore: "Open the shop's page on it and keep it open. This page goes on trying.",
  waitingTitle: "Confirm on the other device",
  waitingMore: "Check that it shows this code, then let this device in there.",
  giveUp: "Cancel",
  doneTitle: "Connected",
  doneMore: "Your conversations are on this device now.",
  show: "Show the conversation",
  back: "Back to the conversation",

  refusedTitle: "The link could not be used",
  linkUsed:
    "Another device has used it. If that was not you, refuse it on the first device and make a " +
    "new link.",
  linkExpired: "It has ended. Make another one on the first device.",
  linkDenied:
    "It was refused on the other device. If the codes differed, try again with a new link.",
  linkUnknown:
    "The first device does not know it; there may be a newer one. Make another one there.",
  linkDamaged: "It is not complete. Scan it again, or copy the whole link.",
  linkShop: "It belongs to another shop. Open it on that shop's page.",
  linkSame: "It was made on this device. Open it on the other one.",
  linkLogin:
    "You are signed in at the shop, so your conversations come with your account. Sign in to the " +
    "same account on both devices.",
  linkOther: "Try again. If it still does not work, make another link on the first device.",
};
