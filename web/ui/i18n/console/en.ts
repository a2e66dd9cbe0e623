import type { ConsoleWords } from "./index.ts";

export const en: ConsoleWords = {
  consoleTitle: "Support desk",
  joinTitle: "Join the support team of {shop}",
  joinTitleUnnamed: "Join the support team",
  joinName: "Your name",
  joinNameHint: "Customers see this name",
  join: "Join",
  joining: "Joining",
  joinNone: "Open this page with the invitation link that your administrator sent you.",
  inbox: "Inbox",
  inboxEmpty: "No conversations yet. What customers write will be here.",
  chooseConversation: "Choose a conversation",
  nothingToChoose: "Conversations open here",
  chooseKeys: "j and k move, Enter opens, r replies, n writes a note",
  customerEncrypted: "Only the customer and your team can read this",
  noteMode: "Note",
  noteHint: "A note that only your team sees",
  addNote: "Add note",
  noteWaits: "Team notes are not ready yet",
  inboxFailed: "The inbox cannot be brought up to date right now. Trying again by itself.",
  inboxSlow: "The desk does not answer right now. The inbox may be out of date.",
  certificateEnded:
    "Your certificate has ended: customers would be told that you do not speak for the shop. " +
    "Ask your administrator for a new invitation before you go on.",
  cannotSend: "Nothing can be sent right now. What you write is kept.",
  backToInbox: "Back to the inbox",
};
