// The emoji that people send a shop, most common first, each with the words by which it is found:
// the first of a language is its name.
import type { Locale } from "./index.ts";

export type Emoji = { readonly sign: string; readonly words: Record<Locale, string> };

const TABLE = `
😀 笑脸 开心|smile happy|ابتسامة
😊 微笑 高兴|blush pleased|ابتسامة خجولة
😂 笑哭 大笑|joy laugh tears|ضحك
🙂 淡淡微笑|slight smile|ابتسامة خفيفة
😉 眨眼|wink|غمزة
😍 喜欢 花痴|heart eyes love|إعجاب
🥰 爱意 喜欢|adore hearts|حب
😘 飞吻 亲亲|kiss|قبلة
😎 墨镜 酷|cool sunglasses|رائع
🤔 思考 疑问|thinking hmm|تفكير
😅 尴尬 汗|sweat awkward|حرج
😄 大笑|grin laugh|فرح
🥺 恳求 可怜|pleading please|رجاء
😢 流泪 难过|cry sad|بكاء
😭 大哭|sob cry|نحيب
😡 生气|angry|غضب
😮 惊讶|surprised wow|دهشة
😱 惊恐|scream shock|رعب
😴 睡觉 困|sleep tired|نوم
🤒 生病|sick ill|مريض
😔 失落|sad down|حزين
😤 不满|annoyed huff|انزعاج
🙄 白眼|eye roll|ملل
😳 脸红|flushed embarrassed|إحراج
🤗 拥抱|hug|عناق
🤝 握手 成交|handshake deal|مصافحة
👍 赞 好的|thumbs up ok yes|موافق
👎 不行 差|thumbs down no|غير موافق
👌 没问题 好|ok fine|تمام
✌️ 胜利 耶|victory peace|نصر
🙏 谢谢 拜托|thanks please pray|شكرا
👏 鼓掌|clap bravo|تصفيق
💪 加油 强|strong muscle|قوة
👋 你好 再见|wave hello bye|مرحبا
🤞 好运|luck fingers crossed|حظ
👀 看看|eyes look|نظر
❤️ 爱心 红心|heart love|قلب
💔 心碎|broken heart|قلب مكسور
✨ 闪亮|sparkles new|لمعان
🎉 庆祝 恭喜|party congratulations|احتفال
🎁 礼物|gift present|هدية
🌹 玫瑰 花|rose flower|وردة
🔥 火 热门|fire hot|نار
⭐ 星星 好评|star|نجمة
✅ 完成 对|done check yes|تم
❌ 错 不对|cross wrong no|خطأ
❓ 问号 问题|question|سؤال
❗ 感叹号 注意|attention important|تنبيه
💯 满分|hundred perfect|ممتاز
📦 包裹 快递|parcel package box|طرد
🚚 送货 物流|delivery truck|توصيل
🛒 购物车|cart shopping|عربة تسوق
💰 钱 付款|money pay|مال
💳 银行卡 刷卡|card pay|بطاقة
🧾 发票 收据|receipt invoice|فاتورة
📷 照片 相机|photo camera|صورة
📱 手机|phone mobile|هاتف
📞 电话|call telephone|اتصال
📍 地址 位置|place address pin|موقع
⏰ 时间 闹钟|time alarm clock|وقت
📅 日期 日历|date calendar|تاريخ
👗 衣服 裙子|dress clothes|فستان
👟 鞋子|shoe sneaker|حذاء
👜 包 手提包|bag handbag|حقيبة
`;

function entryOf(line: string): Emoji {
  const [first = "", en = "", ar = ""] = line.split("|");
  const at = first.indexOf(" ");
  return { sign: first.slice(0, at), words: { "zh-CN": first.slice(at + 1), en, ar } };
}

export const emoji: readonly Emoji[] = TABLE.trim().split("\n").map(entryOf);

/** The first that one is offered for a message. */
export const quickSigns = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

export function emojiName(locale: Locale, { words }: Emoji): string {
  return locale === "ar" ? words.ar : (words[locale].split(" ")[0] ?? "");
}

/** In the order of the list; a word of any language finds it. */
export function findEmoji(query: string): readonly Emoji[] {
  const wanted = query.trim().toLowerCase();
  const has = (text: string) => text.includes(wanted);
  return wanted ? emoji.filter(({ words }) => Object.values(words).some(has)) : emoji;
}
