// Cards in every language, a few to a picture.
import { ContentKind } from "../../web/engine/src/gen/wire.ts";
import { fallbackOf } from "../../web/ui/src/cards/fallback.ts";
import type { Card as Read } from "../../web/ui/src/cards/read.ts";
import { ago, conversation, now, script, type Scene } from "./scenes.ts";
import type { Said } from "./script.ts";
import { words, type Language } from "./words.ts";

const hour = 60 * 60_000;
const ahead = (hours: number): number => now.getTime() + hours * hour;

const texts = {
  "zh-CN": {
    detail: "头层牛皮，可放 14 英寸电脑，两侧暗袋。",
    carrier: "顺丰速运",
    steps: [["已交寄", "杭州"], ["已到达转运中心", "上海"], ["正在派送，请保持电话畅通", "上海"]],
    way: "原付款账户",
    visit: "修拉链",
    place: "山茶皮具·静安店",
    address: "上海市静安区胶州路 58 号 1 层",
    work: ["已收件", "检查", "修理中", "可取件"],
    worked: "拉头已换，正在重新走线。",
    article: "牛皮包怎么保养",
    text: "每季度上一次无色皮蜡，先用软布擦去浮尘。".repeat(12),
    decision: "鞋底重新上胶",
    why: "打开后发现后跟也松了，一起处理更牢。",
    ask: "想换哪种颜色？",
    replies: ["棕色", "黑色", "先不换"],
    choose: "您希望怎么修？",
    choices: [["换整条拉链", "约 5 天"], ["只换拉头", "当天可取"], ["先寄回检查", ""]],
    form: "退货申请",
    fields: ["姓名", "手机号", "退货原因"],
    reasons: ["尺寸不合适", "有瑕疵"],
  },
  en: {
    detail: "Full grain leather, holds a 14-inch laptop, two hidden pockets.",
    carrier: "DHL",
    steps: [["Handed over", "Leipzig"], ["At the sorting centre", "Hamburg"],
      ["Out for delivery", "Hamburg"]],
    way: "the card you paid with",
    visit: "Zip repair",
    place: "Camellia Leather, Mill Lane",
    address: "58 Mill Lane, ground floor",
    work: ["Received", "Checked", "In repair", "Ready"],
    worked: "The slider is replaced; the seam is being sewn again.",
    article: "How to care for leather",
    text: "Once a season rub in colourless wax, after dusting with a soft cloth. ".repeat(8),
    decision: "Glue the sole again",
    why: "We found that the heel is loose too. Done together it lasts longer.",
    ask: "Which colour would you like?",
    replies: ["Brown", "Black", "Keep it as it is"],
    choose: "How shall we repair it?",
    choices: [["A whole new zip", "about 5 days"], ["Only the slider", "the same day"],
      ["Send it in first", ""]],
    form: "Return",
    fields: ["Your name", "Phone", "Reason"],
    reasons: ["Too small", "Damaged"],
  },
  ar: {
    detail: "جلد طبيعي كامل، يتسع لحاسوب مقاس 14 بوصة، مع جيبين مخفيين.",
    carrier: "أرامكس",
    steps: [["سُلّمت للناقل", "جدة"], ["في مركز الفرز", "الرياض"], ["خرجت للتوصيل", "الرياض"]],
    way: "البطاقة التي دفعت بها",
    visit: "إصلاح السحاب",
    place: "كاميليا للجلود، الفرع الرئيسي",
    address: "شارع العليا 58، الطابق الأرضي",
    work: ["تم الاستلام", "فحص", "قيد الإصلاح", "جاهز"],
    worked: "تم تغيير رأس السحاب، وتجري الخياطة الآن.",
    article: "كيف تعتني بالجلد",
    text: "امسح الغبار بقطعة ناعمة ثم ضع شمعًا عديم اللون مرة كل موسم. ".repeat(8),
    decision: "إعادة لصق النعل",
    why: "وجدنا أن الكعب مرتخٍ أيضًا، ومن الأفضل إصلاحهما معًا.",
    ask: "أي لون تفضل؟",
    replies: ["بني", "أسود", "أبقه كما هو"],
    choose: "كيف تريد إصلاحه؟",
    choices: [["سحاب جديد كامل", "نحو 5 أيام"], ["رأس السحاب فقط", "في اليوم نفسه"],
      ["أرسله أولًا للفحص", ""]],
    form: "طلب إرجاع",
    fields: ["الاسم", "الهاتف", "السبب"],
    reasons: ["صغير", "فيه عيب"],
  },
} as const;

const currency = { "zh-CN": "CNY", en: "EUR", ar: "SAR" } as const;

type Card = NonNullable<Said["card"]>;
const card = (kind: number, of: object): Card => ({ kind, of });

function cardsIn(language: Language) {
  const said = texts[language];
  const { product, strap } = words[language];
  const money = { currency: currency[language] };
  const url = "https://shop.example/orders/20311";
  return {
    product: card(ContentKind.PRODUCT, {
      title: product, detail: said.detail, sku: "TOTE-01", amount: 89900, formerAmount: 99900,
      url: "https://shop.example/bags/tote", ...money,
    }),
    order: card(ContentKind.ORDER, {
      number: "SO-20311", state: 4, timeMs: ago(3 * 24 * 60), amount: 102800, url, ...money,
      lines: [
        { title: product, quantity: 1, amount: 89900 },
        { title: strap, quantity: 2, amount: 12900 },
      ],
    }),
    logistics: card(ContentKind.LOGISTICS, {
      carrier: said.carrier, number: "SF1402993817740", state: 3, expectedMs: ahead(5), url: "",
      steps: said.steps.map(([title, place], at) => ({
        timeMs: ago(60 * (30 - at * 14)), title, place,
      })),
    }),
    refund: card(ContentKind.REFUND, {
      number: "SO-20311", amount: 4550, state: 2, timeMs: ago(40), expectedMs: ahead(24),
      way: said.way, detail: "", ...money,
    }),
    progress: card(ContentKind.PROGRESS_STEP, {
      subject: said.visit, steps: [...said.work], at: 3, detail: said.worked, timeMs: ago(20),
      expectedMs: ahead(48),
    }),
    visit: card(ContentKind.APPOINTMENT, {
      title: said.visit, state: 2, startMs: ahead(28), endMs: ahead(28.5), place: said.place,
      address: said.address, detail: "", url: "",
    }),
    article: card(ContentKind.ARTICLE, { title: said.article, text: said.text, url }),
    decision: card(ContentKind.DECISION_ASKED, {
      title: said.decision, detail: said.why, amount: 8000, untilMs: ahead(48), ...money,
    }),
    agreed: card(ContentKind.DECISION_GIVEN, {
      choice: 1, title: said.decision, amount: 8000, ...money,
    }),
    replies: card(ContentKind.QUICK_REPLIES, { text: said.ask, replies: [...said.replies] }),
    choices: card(ContentKind.CHOICES, {
      title: said.choose, detail: "", most: 1, untilMs: 0,
      choices: said.choices.map(([title, detail], at) => ({
        title, detail, amount: [6000, 2500, 0][at], currency: at < 2 ? money.currency : "",
      })),
    }),
    form: card(ContentKind.FORM, {
      title: said.form, detail: "", untilMs: 0,
      fields: said.fields.map((label, at) => ({
        kind: [1, 6, 5][at], label, hint: "", required: at < 2,
        options: at === 2 ? [...said.reasons] : [],
      })),
    }),
    filled: card(ContentKind.FORM_ANSWER, {
      values: [{ at: 1, text: "Mei" }, { at: 2, text: "138 0013 8000" },
        { at: 3, text: said.reasons[0] }],
    }),
    rating: card(ContentKind.RATING_ASKED, { title: "", untilMs: 0 }),
    rated: card(ContentKind.RATING_GIVEN, { stars: 4, text: words[language].thanks }),
    expired: card(ContentKind.DECISION_ASKED, {
      title: said.decision, detail: "", amount: 0, untilMs: ago(5), ...money,
    }),
  };
}

type Cards = ReturnType<typeof cardsIn>;
type Shown = (cards: Cards, language: Language) => Partial<Said>[];

const scene =
  (shown: Shown): Scene =>
  (language) => {
    const { agent: name } = words[language];
    const messages = shown(cardsIn(language), language).map(
      (each, at): Said => {
        const card = each.text === undefined && (each.card as unknown as Read);
        const text = card ? fallbackOf(language, card) : "";
        return { by: "agent", name, timeMs: ago(20 - at), text, ...each };
      },
    );
    const seen = { delivered: messages.length, read: messages.length };
    const all = { messages, ...seen, teamLog: "5".repeat(32) };
    return script(language, { conversations: [conversation(language, all)] });
  };

const customer = { by: "customer", name: "" } as const;
/** The question stands at that place. */
const onto = (place: number) => ({ ...customer, to: { by: 2, place } });

export const cardScenes: Record<string, Scene> = {
  "cards: goods": scene(({ product, order }) => [{ card: product }, { card: order }]),
  "cards: parcel and refund": scene(({ logistics, refund }) => [
    { card: logistics }, { card: refund },
  ]),
  "cards: progress": scene(({ progress, visit }) => [{ card: progress }, { card: visit }]),
  "cards: article and own product": scene(({ article, product }) => [
    { card: article }, { ...customer, card: product },
  ]),
  "cards: decision": scene(({ replies, decision }) => [{ card: replies }, { card: decision }]),
  "cards: decision, asked once more": scene(({ decision }) => [{ card: decision }]),
  "cards: choices": scene(({ choices }) => [{ card: choices }]),
  "cards: form": scene(({ form }) => [{ card: form }]),
  "cards: settled": scene(({ decision, agreed, expired }) => [
    { card: decision }, { card: agreed, ...onto(1) }, { card: expired },
  ]),
  "cards: filled in and rated": scene(({ form, filled, rating, rated }) => [
    { card: form }, { card: filled, ...onto(1) }, { card: rating }, { card: rated, ...onto(3) },
  ]),
  "cards: a kind that comes later, a list, a long text": scene(({ product }, language) => [
    { card: { kind: 99, of: {} }, text: words[language].answer },
    { text: `${words[language].follow}\n- ${words[language].product}\n- \`TOTE-01\`` },
    { ...customer, text: words[language].photo.repeat(60) },
    { card: product },
  ]),
};
