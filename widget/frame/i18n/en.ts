import type { FrameWords } from "./index.ts";

export const en: FrameWords = {
  goodMorning: "Good morning",
  goodAfternoon: "Good afternoon",
  goodEvening: "Good evening",
  welcome: "Write your question, and we will answer it here.",
  cleared:
    "This browser has deleted earlier messages from this device. The shop still has them.",
  oftenAsked: "Often asked",
  chipOrder: "Where is my order?",
  chipReturn: "How do I return something?",
  chipWarranty: "Is this under warranty?",

  conversations: "Conversations",
  newConversation: "Start a new conversation",
  backToList: "Back to all conversations",
  youSaid: "You: {text}",
  draftOf: "Draft: {text}",
  noWordsYet: "No messages yet",
  unreadMessages: "{n} unread",

  menu: "More",
  find: "Search messages",
  gallery: "Pictures and files",
  linkDevice: "Use on another device",
  sound: "Sound for new messages",
  otherPeople: "{name} and {n|one:# other|other:# others}",
  nameJoin: ", ",
  whoConfirmedMore:
    "You are talking with {shop}. The shop and everyone who answers for it are checked by " +
    "signature; whoever only pretends to be the shop is marked with a clear warning.",

  endedTitle: "The conversation is closed on this page",
  endedMore: "Your messages are kept. You can open them again at any time.",
  openAgain: "Open again",
  openInTab: "Open in a new tab",

  veiled: "This conversation belongs to another customer. Sign in as that person to see it.",
  leaveTitle: "Sign out and lose what is not sent?",
  leaveMore:
    "Not sent yet: {n}. Signing out deletes the conversation from this device, and what is not " +
    "sent is lost.",
  leaveStay: "Stay signed in",
  leaveGo: "Sign out and delete",
};
