import type { ConsoleWords } from "./index.ts";

export const ar: ConsoleWords = {
  consoleTitle: "مكتب خدمة الزبائن",
  joinTitle: "الانضمام إلى فريق خدمة {shop}",
  joinTitleUnnamed: "الانضمام إلى فريق الخدمة",
  joinName: "اسمك",
  joinNameHint: "يرى الزبائن هذا الاسم",
  join: "انضمام",
  joining: "جارٍ الانضمام",
  joinNone: "افتح هذه الصفحة من رابط الدعوة الذي أرسله إليك المدير.",
  inbox: "البريد الوارد",
  inboxEmpty: "لا توجد محادثات بعد. سيظهر هنا ما يكتبه الزبائن.",
  chooseConversation: "اختر محادثة",
  nothingToChoose: "تُفتح المحادثات هنا",
  chooseKeys: "j وk للتنقل، Enter للفتح، r للرد، n لكتابة ملاحظة",
  customerEncrypted: "لا يقرأ هذه المحادثة سوى الزبون وفريقك",
  noteMode: "ملاحظة",
  noteHint: "ملاحظة لفريقك، لا يراها الزبون",
  addNote: "إضافة ملاحظة",
  noteWaits: "ملاحظات الفريق ليست جاهزة بعد",
  inboxFailed: "تعذّر تحديث البريد الوارد الآن. ستتكرر المحاولة تلقائيًا.",
  inboxSlow: "لا يستجيب مكتب الخدمة الآن، وقد لا يكون البريد الوارد محدّثًا.",
  certificateEnded:
    "انتهت شهادتك، وسيُقال للزبائن إنك لا تتحدث باسم المتجر. " +
    "اطلب من المدير دعوة جديدة قبل المتابعة.",
  cannotSend: "لا يمكن إرسال أي شيء الآن. ما تكتبه محفوظ.",
  backToInbox: "العودة إلى البريد الوارد",
};
