// The words of the loader's second half. None of them is heard when all is well but the first two.
type Words = {
  /** Stands behind the bubble's name; # is the number. */
  readonly unread: string;
  readonly conversation: string;
  readonly refused: string;
  readonly browser: string;
  readonly insecure: string;
  readonly ownTab: string;
  readonly unkept: string;
  readonly thisVisit: string;
};

const ZH: Words = {
  unread: "，# 条未读",
  conversation: "与商家对话",
  refused: "暂时无法打开对话，请稍后再试。",
  browser: "浏览器版本太旧，无法打开对话，请更新后再试。",
  insecure: "此页面未加密，对话将在新标签页中打开。",
  ownTab: "打开对话",
  unkept: "此浏览器不保存对话：关闭页面后，对话就没有了，也收不到回复。",
  thisVisit: "仅在本次访问中对话",
};
const EN: Words = {
  unread: ", # unread",
  conversation: "Conversation with the shop",
  refused: "The conversation cannot be opened right now. Please try again later.",
  browser: "This browser is too old for the conversation. Update it and try again.",
  insecure: "This page is not encrypted. The conversation opens in a tab of its own.",
  ownTab: "Open the conversation",
  unkept:
    "This browser does not keep the conversation: once you close this page it is gone, and no " +
    "answer can reach you.",
  thisVisit: "Write for this visit only",
};
const AR: Words = {
  unread: "، # غير مقروءة",
  conversation: "محادثة مع المتجر",
  refused: "يتعذر فتح المحادثة الآن. حاول مرة أخرى لاحقًا.",
  browser: "هذا المتصفح قديم ولا يفتح المحادثة. حدّثه وحاول مرة أخرى.",
  insecure: "هذه الصفحة غير مشفرة. تُفتح المحادثة في علامة تبويب مستقلة.",
  ownTab: "فتح المحادثة",
  unkept: "هذا المتصفح لا يحفظ المحادثة: عند إغلاق الصفحة تزول ولا يصلك أي رد.",
  thisVisit: "الكتابة في هذه الزيارة فقط",
};

export const wordsOf = (lang: string): Words =>
  /^zh/i.test(lang) ? ZH : /^ar/i.test(lang) ? AR : EN;
