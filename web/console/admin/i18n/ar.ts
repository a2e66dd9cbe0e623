import type { AdminWords } from "./index.ts";

export const ar: AdminWords = {
  adminTitle: "إعدادات المتجر",
  adminPages: "صفحات الإعدادات",
  adminOpen: "إعدادات المتجر",
  adminOpenRemind: "إعدادات المتجر؛ المفاتيح ليست في أمان بعد",
  adminClose: "العودة إلى المحادثات",
  pageInstall: "التركيب",
  pageDomains: "النطاقات",
  pageLook: "المظهر",
  pageTeam: "الفريق",
  pageKeys: "المفاتيح",

  loading: "جارٍ التحميل",
  failed: "تتعذر قراءة الإعدادات الآن. تُعاد المحاولة تلقائيًا.",
  notAdmin: "لا يستطيع رؤية هذه الصفحات إلا مدير المتجر.",
  saveFailed:
    "لم يُحفظ: لا يستطيع مكتب المتجر الكتابة على القرص. تحقق من المساحة على ذلك الجهاز ثم " +
    "أعد المحاولة.",
  refusedUnknown: "لم يُحفظ: لا يقبل المكتب هذه القيمة ({why}). أعد تحميل الصفحة وحاول مجددًا.",
  errorCode: "لم يتم ذلك (الرقم {code}). حاول مجددًا بعد قليل.",
  refresh: "تحديث",
  copy: "نسخ",
  copied: "تم النسخ",
  copyFailed: "لا يسمح المتصفح بالنسخ. حدد النص وانسخه بنفسك.",
  undo: "تراجع",

  justNow: "الآن",
  minutesAgo: "قبل {n|one:دقيقة|two:دقيقتين|few:# دقائق|other:# دقيقة}",
  hoursAgo: "قبل {n|one:ساعة|two:ساعتين|few:# ساعات|other:# ساعة}",
  daysAgo: "قبل {n|one:يوم|two:يومين|few:# أيام|other:# يومًا}",

  installLead: "ضع هذا الوسم في كل صفحات متجرك ليتمكن العملاء من مراسلتك منها.",
  guides: "أين يوضع",
  guideHtml: "HTML عادي",
  guideTagManager: "مدير الوسوم",
  guideReact: "React",
  guideVue: "Vue",
  guideHtmlMore: "الصقه قبل \u2066</body>\u2069 في كل صفحة، وغالبًا في القالب المشترك للموقع.",
  guideTagManagerMore:
    "أنشئ وسم «HTML مخصص» يعمل في كل الصفحات. تحذف هذه الأدوات خصائص الوسم، لذلك كُتبت " +
    "الإعدادات في النص البرمجي.",
  guideReactMore:
    "ثبّت حزمة npm ‏@shopbell/widget ثم ضع هذا المكوّن مرة واحدة قرب الجذر. يبقى واحدًا " +
    "حتى في StrictMode.",
  guideVueMore:
    "ثبّت حزمة npm ‏@shopbell/widget ثم استخدم هذا في App.vue. تبقى المحادثة مفتوحة عند " +
    "تغيّر الصفحات.",
  codeOf: "الشيفرة: {guide}",
  tagPlain: "المظهر هو المعتاد، والوسم يحمل رقم المتجر وحده.",
  tagSets: "يحدد الوسم: {what}. انسخه من جديد بعد تغيير المظهر.",
  tagAccent: "اللون {accent}",
  tagLeft: "الفقاعة في اليسار",
  tagRelay: "عنوان خادم الرسائل",
  listJoin: "، ",

  seenTitle: "أين ظهر",
  seenLead: "يُحفظ اسم الموقع والوقت فقط: لا عناوين صفحات ولا شيء عن الزوار.",
  seenOn: "ظهر في {origin} {time}",
  seenOpened: "آخر فتح للمحادثة {time}",
  seenNever: "لم تطلبه أي صفحة بعد",
  seenNeverWhy:
    "تحقق من نشر الوسم في {domain}، ومن أن سياسة أمان الصفحة (CSP) تسمح بالنصوص البرمجية " +
    "من هنا، ومن عدم وجود مانع إعلانات.",
  seenRefused: "طلبه {origin} {time}، لكنه ليس ضمن النطاقات المسموح بها فلم يظهر شيء هناك.",
  seenRefusedOpened: "فتحه أحدهم هناك {time} فرفضه المتصفح.",
  seenRefusedBefore: "رُفض {time} قبل السماح بالنطاق.",
  seenHidden: "طلبته صفحة {time} تخفي عنوانها (سياسة الإحالة)، فلا يُعرف أيها.",
  seenNoDomains: "لا نطاق مسموح به بعد، فلا تعرض أي صفحة النافذة. أضف نطاقًا أولًا.",
  allow: "السماح بهذا النطاق",
  goDomains: "إضافة نطاق",

  domainsLead: "لا تعرض المحادثة إلا صفحات هذه النطاقات. تسري التغييرات فورًا.",
  domainsEmpty: "القائمة فارغة: لا يمكن لأي صفحة عرض المحادثة الآن.",
  domainAdd: "إضافة نطاق",
  domainField: "النطاق",
  domainHint: "مثل https://shop.example أو shop.example أو \u2066*.shop.example\u2069",
  domainRemove: "إزالة {domain}",
  domainRemoved: "أُزيل {domain}",
  domainAdded: "أُضيف {domain}",
  domainForms:
    "يعني https://shop.example ذلك المصدر وحده؛ ويشمل shop.example كلًا من http وhttps؛ " +
    "ويشمل \u2066*.shop.example\u2069 كل النطاقات الفرعية دون النطاق نفسه. اذكر المنفذ إن وُجد.",
  whyEmpty: "اكتب نطاقًا.",
  whyScheme: "استخدم عنوانًا يبدأ بـ https:// أو http://، أو النطاق وحده.",
  whyPath: "احذف ما بعد النطاق: يكفي https://shop.example.",
  whyUser: "لا يحمل النطاق اسم مستخدم. احذف علامة @ وما قبلها.",
  whyPort: "المنفذ رقم من 1 إلى 65535.",
  whyWildcard:
    "توضع النجمة في البداية مثل \u2066*.shop.example\u2069، من دون https:// ومن دون منفذ.",
  whyHost: "هذا ليس نطاقًا. ابحث عن فراغات أو علامات زائدة.",
  whyTwice: "هذا النطاق موجود في القائمة.",
  whyMany:
    "50 نطاقًا على الأكثر. تُكتب النطاقات الفرعية لموقع واحد هكذا: " +
    "\u2066*.shop.example\u2069.",
  changesSaved: "حُفظ وسرى",

  lookLead: "اختر لونًا واحدًا. تُحسب بقية الألوان لتكون مقروءة في الفاتح والداكن.",
  accent: "لون المتجر",
  accentPick: "اختيار لون",
  accentField: "رمز اللون",
  whyColor: "اكتب # وستة أرقام ست عشرية، مثل \u2066#0f6b66\u2069.",
  contrast: "تباين الكلمات على الأزرار: الفاتح {light}:1، الداكن {dark}:1 (4.5:1 على الأقل)",
  contrastShifted: "لتكون الكلمات البيضاء مقروءة، تُعرض الأزرار أغمق قليلًا: {shown}.",
  position: "موضع الفقاعة",
  positionRight: "أسفل اليمين",
  positionLeft: "أسفل اليسار",
  greetings: "الرد الأول",
  greetingsMore: "ما يُقال للعميل بعد رسالته الأولى. إن تُرك فارغًا فالجملة الجاهزة.",
  greetingZh: "بالصينية",
  greetingEn: "بالإنجليزية",
  greetingAr: "بالعربية",
  builtInZh: "您好，消息已收到，客服会尽快回复您。",
  builtInEn: "Hello, we have your message and will answer as soon as we can.",
  builtInAr: "مرحبًا، وصلتنا رسالتك وسنرد عليك في أقرب وقت ممكن.",
  whyLong: "هذا طويل جدًا. اكتفِ ببضع جمل.",
  whyLines: "يجب أن يكون سطرًا واحدًا. احذف فواصل الأسطر.",
  save: "حفظ",
  saving: "جارٍ الحفظ",
  discard: "تجاهل التغييرات",
  lookSaved:
    "حُفظ. تعرض المحادثات المفتوحة المظهر الجديد الآن؛ لون الفقاعة وموضعها مكتوبان في " +
    "الوسم، فانسخ الوسم من جديد.",
  preview: "معاينة",
  previewLight: "فاتح",
  previewDark: "داكن",
  previewOf: "كيف يبدو: {mode}",
  sampleQuestion: "انكسر السحّاب. هل يشمله الضمان؟",
  sampleAnswer: "نعم، لمدة سنة.",
  sampleHint: "رسالة",

  teamLead:
    "الجهاز الذي يحمل شهادة يجيب العملاء باسم المتجر. ادعُ الشخص مرة واحدة؛ ويضيف أجهزته الأخرى " +
    "من إعداداته، أو تضيفها أنت هنا.",
  teamMembers: "الأعضاء",
  teamEmpty: "لم ينضم أحد بعد. أنشئ دعوة أدناه.",
  roleAdmin: "مدير",
  roleAgent: "موظف",
  roleObserver: "مراقب",
  roleAdminMore: "يجيب العملاء ويغيّر هذه الإعدادات",
  roleAgentMore: "يجيب العملاء",
  roleObserverMore: "يقرأ فقط",
  you: "أنت",
  available: "متاح",
  away: "غائب",
  awaySince: "غائب منذ {time}",
  offline: "ليس هنا",
  heard: "ليس هنا؛ آخر مرة {time}",
  certificateUntil: "الشهادة حتى {date}",
  certificateEnds: "تنتهي الشهادة {date}؛ أعد الدعوة قبل ذلك",
  certificateEnded: "انتهت الشهادة {date}",
  invite: "دعوة",
  inviteLead: "أرسل الرابط إلى من سينضم. يعمل مرة واحدة.",
  inviteRole: "الدور",
  inviteLife: "صالح لمدة",
  lifeHour: "ساعة",
  lifeDay: "24 ساعة",
  lifeWeek: "7 أيام",
  inviteMake: "إنشاء رابط دعوة",
  inviteMaking: "جارٍ الإنشاء",
  inviteLink: "رابط الدعوة",
  inviteKeep:
    "يظهر في هذه الصفحة فقط. من يملك الرابط يستطيع الانضمام، فأرسله إلى ذلك الشخص وحده.",
  inviteMany: "الدعوات غير المستخدمة كثيرة. اسحب بعضها أولًا.",
  open: "دعوات غير مستخدمة",
  openNone: "لا توجد.",
  openUntil: "{role}، حتى {date}",
  revoke: "سحب",
  revokeOne: "سحب الدعوة: {role}، حتى {date}",
  revoked: "سُحبت. لم يعد ذلك الرابط يعمل.",
  revokedUsed: "استُخدمت هذه الدعوة للتو ولا يمكن سحبها.",
  roleOf: "دور {name}",
  roleSet: "{name}: {role} من الآن.",
  remove: "إزالة",
  removeOne: "إزالة {name}",
  removeSure:
    "إزالة {name}؟ يُمنع الجهاز فورًا ولا يقرأ ما يُكتب من الآن. ما قُرئ عليه يبقى مقروءًا فيه. " +
    "لا يمكن التراجع؛ لا يعود إلا بدعوة جديدة.",
  keep: "إبقاء",
  removed: "أُزيل {name}، وحصل الباقون على مفتاح جديد.",
  reinvite: "دعوة من جديد",
  reinviteOne: "دعوة من جديد: {name}",
  reinviteSure:
    "لمتصفح آخر يستخدمه {name}، أو بعد مسح هذا المتصفح. عند استخدام الرابط يُزال الجهاز الحالي.",
  reinviteMake: "إنشاء الرابط",
  reinvited: "رابط {name} في الأسفل.",
  openFor: "{name}، {role}، حتى {date}",
  lastAdmin:
    "المدير الأخير يبقى مديرًا: من دونه لا أحد يدعو أو يغيّر الإعدادات. " +
    "اجعل شخصًا آخر مديرًا أولًا.",
  whyMember: "هذا الجهاز لم يعد في الفريق. حدّث القائمة.",
  former: "أُزيلوا",
  removedOn: "أُزيل في {date}",

  keysLead:
    "من يملك هذه المفاتيح هو المتجر. إذا تعطل الجهاز ولا نسخة احتياطية فُقدت هوية المتجر " +
    "إلى الأبد.",
  keysNever: "لم تُنسخ المفاتيح احتياطيًا قط.",
  keysSaved: "آخر نسخة: {date} ({time}).",
  keysVerified: "فُحصت في {date}.",
  keysUnverified: "لم تُفحص قط: النسخة التي لا تُفتح ليست نسخة.",
  keysHow: "على الجهاز الذي يشغّل المكتب (DIR مجلد بياناته):",
  keysBackup: "حفظها في ملف واحد؛ ستُطلب عبارة مرور",
  keysVerify: "التحقق من أن النسخة تُفتح وأنها لهذا المتجر",
  keysPut:
    "احفظ الملف حيث لا يصل إليه أحد، كذاكرة في خزنة. لا على الجهاز نفسه، ولا في محادثة أو " +
    "بريد أبدًا.",
  keysCertificate: "شهادة المكتب صالحة حتى {date}.",
  keysCertificateSoon:
    "تنتهي شهادة المكتب {date}. ضع root.key في مجلد البيانات وأعد التشغيل فتُجدَّد.",
  keysDone: "حفظتها: تحديث",
  remindTitle: "مفاتيح المتجر ليست في أمان بعد.",
  remindMore: "إذا تعطل الجهاز فُقدت هوية المتجر. احفظها وافحص النسخة مرة.",
  remindHow: "كيف أفعل ذلك",
  snooze: "ذكّرني بعد 7 أيام",
  snoozed: "ستُذكَّر في {date}.",

  ownDevices: "أجهزتك",
  ownDevicesMore:
    "المحادثات نفسها والاسم نفسه على كل جهاز. ما تقرؤه على أحدها يُعد مقروءًا على الجميع.",
  thisDevice: "هذا الجهاز",
  deviceUnnamed: "متصفح غير معروف",
  otherDevice: "الاستخدام على جهاز آخر",
  otherDeviceLink: "رابط جهازك الآخر",
  otherDeviceMore:
    "افتحه على الجهاز الآخر خلال 10 دقائق. يعمل مرة واحدة. من يفتحه يعمل باسمك، فلا تعطه لأحد.",
  whyDevices: "للشخص 8 أجهزة على الأكثر. أزل أحدها أولًا.",
  deviceRemoveOne: "إزالة {device} الخاص بـ {name}",
  deviceRemoveSure:
    "إزالة {device}؟ يُمنع فورًا ولا يقرأ ما يُكتب من الآن. ما قُرئ عليه يبقى مقروءًا فيه.",
  deviceRemoved: "أُزيل {device}.",
  removeAllSure:
    "إزالة {name} مع كل الأجهزة ({n})؟ تُمنع فورًا ولا تقرأ ما يُكتب من الآن. ما قُرئ عليها " +
    "يبقى مقروءًا فيها. لا يمكن التراجع؛ لا يعود إلا بدعوة جديدة.",
  addDevice: "إضافة جهاز",
  addDeviceOne: "إضافة جهاز لـ {name}",
  openBeside: "جهاز آخر لـ {name}، حتى {date}",

  linkPreviews: "معاينة الروابط",
  linkPreviewsOn: "أظهر ما يدور عنه الرابط",
  linkPreviewsMore:
    "عندما يرسل أحد من المتجر رابطًا، يزور مكتب المتجر الصفحة ويرسل عنوانها ووصفها مع " +
    "الرسالة. أما الروابط التي يرسلها العملاء فلا تُزار أبدًا.",
};
