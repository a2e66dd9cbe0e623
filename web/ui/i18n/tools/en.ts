import type { ToolsWords } from "./index.ts";

export const en: ToolsWords = {
  toolsFor: "For this message",
  react: "Add a reaction",
  reply: "Reply",
  more: "More",
  edit: "Edit",
  recall: "Recall",
  copy: "Copy text",
  copied: "Copied",
  history: "Show what was changed",
  historyTitle: "What was changed",
  original: "As first written",
  editedAt: "Edited {time}",
  recalledAt: "Recalled {time}",
  recallAsk: "Recall this message?",
  recallMore:
    "Both sides will see that it was recalled. The record keeps its words, and the shop can read " +
    "them there.",
  recallFile: "The file is removed from the server. Whoever has saved it already keeps it.",
  showAll: "Show all",
  showLess: "Show less",
  back: "Back",
  findTitle: "Search my messages",
  findHint: "Words to look for",
  findMore: "Searched on this device only; nothing is sent to anybody.",
  findBusy: "Searching",
  findNone: "No message matches",
  findCount: "Found: {n}",
};
