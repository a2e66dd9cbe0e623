import type { FrameWords } from "./index.ts";

export const ar: FrameWords = {
  goodMorning: "صباح الخير",
  goodAfternoon: "طاب يومك",
  goodEvening: "مساء الخير",
  welcome: "اكتب سؤالك وسنرد عليك هنا.",
  cleared: "حذف المتصفح الرسائل السابقة من هذا الجهاز. وهي ما زالت لدى المتجر.",
  oftenAsked: "أسئلة شائعة",
  chipOrder: "أين طلبي؟",
  chipReturn: "كيف أعيد منتجًا؟",
  chipWarranty: "هل يشمله الضمان؟",

  conversations: "المحادثات",
  newConversation: "بدء محادثة جديدة",
  backToList: "العودة إلى المحادثات",
  youSaid: "أنت: {text}",
  draftOf: "مسودة: {text}",
  noWordsYet: "لا رسائل بعد",
  unreadMessages:
    "{n|one:رسالة غير مقروءة|two:رسالتان غير مقروءتين|" +
    "few:# رسائل غير مقروءة|other:# رسالة غير مقروءة}",

  menu: "المزيد",
  find: "البحث في الرسائل",
  gallery: "الصور والملفات",
  linkDevice: "الاستخدام على جهاز آخر",
  sound: "صوت عند وصول رسالة",
  otherPeople: "{name} و{n|one:شخص آخر|two:شخصان آخران|few:# آخرون|other:# آخرون}",
  nameJoin: "، ",
  whoConfirmedMore:
    "أنت تتحدث مع {shop}. يُتحقق من هوية المتجر وكل من يرد باسمه عبر التوقيع، " +
    "ومن ينتحل صفة المتجر يظهر معه تحذير.",

  endedTitle: "أُغلقت المحادثة في هذه الصفحة",
  endedMore: "رسائلك محفوظة، ويمكنك فتحها من جديد.",
  openAgain: "الفتح من جديد",
  openInTab: "الفتح في تبويب جديد",

  veiled: "هذه المحادثة تخص عميلاً آخر. سجّل الدخول بحسابه لعرضها.",
  leaveTitle: "هل تريد الخروج وفقدان ما لم يُرسل؟",
  leaveMore: "لم يُرسل بعد: {n}. الخروج يحذف المحادثة من هذا الجهاز مع ما لم يُرسل.",
  leaveStay: "البقاء",
  leaveGo: "الخروج والحذف",
};
