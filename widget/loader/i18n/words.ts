// The few words that the loader says before it has its second half, or when that cannot be had.
type Words = readonly [bubble: string, failed: string, retry: string, other_ways: string];

const ZH: Words = [
  "消息",
  "暂时无法打开对话，请检查网络后再试。",
  "重试",
  "也可以这样联系我们：",
];
const EN: Words = [
  "Message us",
  "The conversation cannot be opened right now. Check the network and try again.",
  "Try again",
  "You can also reach us here:",
];
const AR: Words = [
  "راسلنا",
  "يتعذر فتح المحادثة الآن. تحقق من الشبكة وحاول مرة أخرى.",
  "حاول مرة أخرى",
  "يمكنك أيضًا التواصل معنا هنا:",
];

export const wordsOf = (lang: string): Words =>
  /^zh/i.test(lang) ? ZH : /^ar/i.test(lang) ? AR : EN;
