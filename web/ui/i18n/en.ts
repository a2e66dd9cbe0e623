import type { Catalog } from "./index.ts";

export const en: Catalog = {
  you: "You",
  customer: "Customer",
  shop: "Shop",
  agent: "Support",
  stranger: "Not confirmed by the shop",
  strangerWarning:
    "Not from the shop: the device that sent this has no certificate of the shop. " +
    "Do not trust what it says.",
  today: "Today",
  yesterday: "Yesterday",
  loadEarlier: "Show earlier messages",
  typing: "{name} is typing",
  typingUnnamed: "Typing",
  newMessages: "New messages",
  beginning: "The conversation begins here",
  edited: "Edited",
  editedSays: "{name} edited a message: {text}",
  recalled: "Message recalled",
  recalledBy: "{name} recalled a message",
  recalledByYou: "You recalled a message",
  replyingTo: "Reply to {name}",
  editing: "Editing a message",
  amendLate: "Too late to change: it was not applied",
  jumpToLatest: "Go to the latest message",
  jumpToNew: "{n|one:# new message|other:# new messages}",
  confirmed: "Confirmed by the shop",
  unknownKind: "Update to see this",

  stateSending: "Sending",
  stateSent: "Sent",
  stateSentUnconfirmed: "Sent, not yet confirmed by the shop",
  stateDelivered: "Delivered",
  stateRead: "Read",
  stateRefused: "Not sent",
  sendAgain: "Send again",
  sendAgainLater: "It was too busy. Please send it again in a little while.",
  discard: "Delete",

  starting: "Opening",
  connecting: "Connecting",
  online: "Connected",
  offline: "Offline. Your message will be sent when you are back.",
  notInSync: "Catching up. There may be newer messages.",
  setBack:
    "The shop's server was set back. Messages are being put back; new ones wait here.",
  shopNotConfirmed: "The shop is not confirmed right now",
  stopped: "No conversation possible",
  close: "Close",
  retry: "Try now",
  dismiss: "OK",
  lock: "Only you and the shop can read this",
  lockMore:
    "Messages are encrypted on your device. The server that passes them on cannot read them; " +
    "the shop's team can.",
  conversation: "Conversation",

  composerLabel: "Write a message",
  composerHint: "Message",
  send: "Send",
  attach: "Send a file",
  emoji: "Emoji",
  emojiSearch: "Search emoji",
  emojiRecent: "Recently used",
  emojiAll: "All emoji",
  emojiNone: "No emoji for that word",
  outboxFull:
    "Too many messages wait to be sent. This one stays here until the connection is back.",
  tooLong: "This message is too long. Please send it in parts.",

  storageSession: "This browser keeps the conversation for this visit only.",
  storageRefused:
    "This browser does not allow the conversation to be kept. Open the page over https, " +
    "or leave private browsing, and try again.",
  startFailed: "The conversation cannot be opened. Check the network and try again.",
  tryAgain: "Try again",

  unread: "{n} unread",
  visitor: "Visitor",
  looksAt: "Looks at: {page}",
  note: "Note",
  onlyTeam: "Only your team sees this",

  justNow: "Just now",
  minutesAgo: "{n} min ago",
  dayAt: "{day} {time}",
  underMinute: "under 1 min",
  minutes: "{n} min",
  hours: "{n} h",
  days: "{n} d",

  errorUpdate: "This page is out of date. Reload it and try again.",
  errorDamaged: "Something arrived damaged and cannot be shown.",
  errorTooLarge: "This message is too long. Please send it in parts.",
  errorWrongShop: "The server showed the identity of another shop. The conversation did not start.",
  errorCardChain:
    "The identity of this shop cannot be confirmed. To protect you the conversation did not " +
    "start. Please tell the owner of this site.",
  errorCardOld: "The server offered old information about the shop. It was not used.",
  errorCardForked:
    "Two contradicting identities of this shop were shown. Send nothing important for now.",
  errorCardStale: "The shop has not renewed its identity for a long time.",
  errorCertificateEnded: "This certificate has ended.",
  errorCertificateRevoked:
    "Written after this device was removed from the team; it does not count.",
  errorRemoved: "This device was removed from the team. A new invitation brings it back.",
  errorNotCertified: "The sender has no certificate of the shop.",
  errorRecordBroken:
    "The record of this conversation is incomplete or was changed. Nothing new is shown.",
  errorRecordForked:
    "Two devices were shown different records of this conversation. Nothing new is shown.",
  errorShopCannotOpen: "The shop could not open this. Trying again in another way.",
  errorNotYetOpen: "This message cannot be opened yet. It will appear by itself.",
  errorCannotOpen: "This message cannot be opened.",
  errorStoreFailed: "This device cannot keep messages. Check its free space, then reload.",
  errorStoreDamaged: "What this device kept of the conversation is damaged.",
  errorServerUnknown: "The server is not one that this shop vouches for. Disconnected.",
  errorDeskAway: "The shop's desk cannot be reached right now. Trying again by itself.",
  errorStranger: "Whoever wrote this is not part of the conversation.",
  errorNotMember: "You are not part of this conversation.",
  errorNoConversation: "The server does not have this conversation.",
  errorBusy: "It is busy right now. Trying again by itself in a little while.",
  errorServerStore: "The server cannot keep messages right now. Yours will be sent by itself.",
  errorAgain: "Trying again by itself.",
  errorRefused: "The server did not accept this step. Reload the page and try again.",
  errorCardRefused:
    "The server did not accept the information of this shop. Please tell the owner of this site.",
  errorRestarting: "The server restarts and will be back in a moment.",
  errorSetBack:
    "The shop's server was set back. Messages are being put back; yours go out after that.",
  errorSetBackRefused:
    "The server does not take back some messages. They are kept here; please tell the shop.",
  errorWeak: "The network is unsteady. Connecting again.",
  errorReplaced: "The conversation is open in another window.",
  errorShopUnknown: "The server here does not know this shop. Please tell the owner of this site.",
  errorProof: "The server did not accept this device. Reload the page and try again.",
  errorCertificate: "Your certificate has ended or was withdrawn. Ask for a new invitation.",
  errorInvitation: "This invitation was used before or has ended. Ask for a new one.",
  errorRole: "Only an administrator of the shop may do this.",
  errorOrigin: "The shop does not allow this window on this page. Please tell the site's owner.",
  errorOther: "Something went wrong (number {code}). Reload the page and try again.",
};
