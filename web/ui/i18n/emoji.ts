// The emoji that people send a shop, most common first, each with the words by which it is found:
// the first of a language is its name. A word of several is joined by "_"; Arabic has one.
import type { Locale } from "./index.ts";

export type Emoji = { readonly sign: string; readonly words: Record<Locale, string> };

const TABLE = `
😀 笑脸 开心 高兴|smile happy face|ابتسامة
😊 微笑 高兴 害羞|pleased blush warm_smile|ابتسامة خجولة
😂 笑哭 大笑 哈哈|tears_of_joy laugh haha lol|ضحك
🙂 淡淡微笑 礼貌|slight_smile polite|ابتسامة خفيفة
😉 眨眼 俏皮|wink joking|غمزة
😍 花痴 喜欢 爱心眼|heart_eyes love adore|إعجاب
🥰 爱意 喜欢 幸福|loving hearts adore|حب
😘 飞吻 亲亲|kiss blow_a_kiss|قبلة
😎 墨镜 酷|cool sunglasses|رائع
🤔 思考 疑问 想想|thinking hmm wonder|تفكير
😅 尴尬 汗 苦笑|awkward sweat phew|حرج
😄 大笑 开心|grin laugh happy|فرح
🥺 恳求 可怜 拜托|pleading please puppy_eyes|رجاء
😢 流泪 难过 伤心|crying sad tear|بكاء
😭 大哭 伤心|sobbing cry sad|نحيب
😡 生气 愤怒|angry mad cross|غضب
😮 惊讶 哇|surprised wow|دهشة
😱 惊恐 害怕 天哪|scream shock afraid|رعب
😴 睡觉 困 晚安|asleep sleep tired|نوم
🤒 生病 发烧|ill sick fever|مريض
😔 失落 难过 遗憾|downcast sad sorry|حزين
😤 不满 哼|annoyed huff|انزعاج
🙄 白眼 无语|eye_roll whatever|ملل
😳 脸红 不好意思|flushed embarrassed|إحراج
🤗 拥抱 抱抱|hug welcome|عناق
🤝 握手 成交 合作|handshake deal agreed|مصافحة
👍 赞 好的 同意|thumbs_up ok yes like|موافق
👎 差评 不行 反对|thumbs_down no dislike|غير موافق
👌 没问题 好 可以|okay fine perfect|تمام
✌️ 胜利 耶|victory peace|نصر
🙏 谢谢 拜托 请|thanks please pray|شكرا
👏 鼓掌 真棒|clapping bravo applause|تصفيق
💪 加油 强 努力|strong muscle you_can|قوة
👋 你好 再见 挥手|waving hello bye|مرحبا
🤞 好运 但愿|fingers_crossed luck hope|حظ
👀 看看 眼睛 关注|eyes look see|نظر
❤️ 红心 爱心 喜欢|heart love red|قلب
💔 心碎 伤心|broken_heart sad|قلب مكسور
✨ 闪亮 全新|sparkles new shiny|لمعان
🎉 庆祝 恭喜 撒花|party congratulations celebrate|احتفال
🎁 礼物 赠品|gift present|هدية
🌹 玫瑰 花 鲜花|rose flower|وردة
🔥 火 热门 火爆|fire hot popular|نار
⭐ 星星 好评|star rating favourite|نجمة
✅ 完成 对 已办|done check yes tick|تم
❌ 不对 错 取消|wrong cross no cancel|خطأ
❓ 问号 问题 疑问|question help ask|سؤال
❗ 注意 感叹号 重要|attention important exclamation|تنبيه
💯 满分 完美|hundred perfect full_marks|ممتاز
📦 包裹 快递 盒子|parcel package box|طرد
🚚 送货 物流 发货|delivery truck shipping|توصيل
🛒 购物车 下单|shopping_cart order basket|عربة تسوق
💰 付款 钱 退款|money pay refund|مال
💳 银行卡 刷卡 付款|bank_card pay credit|بطاقة
🧾 发票 收据 小票|receipt invoice bill|فاتورة
📷 相机 照片 拍照|camera photo picture|صورة
📱 手机 电话|mobile phone smartphone|هاتف
📞 打电话 电话 来电|telephone call phone|اتصال
📍 位置 地址 定位|location place address pin|موقع
⏰ 闹钟 时间 提醒|alarm_clock time reminder|وقت
📅 日历 日期 预约|calendar date appointment|تاريخ
👗 裙子 衣服|dress clothes|فستان
👟 鞋子 运动鞋|shoe sneaker trainers|حذاء
👜 手提包 包|handbag bag purse|حقيبة
`;

function entryOf(line: string): Emoji {
  const [first = "", en = "", ar = ""] = line.split("|");
  const at = first.indexOf(" ");
  return { sign: first.slice(0, at), words: { "zh-CN": first.slice(at + 1), en, ar } };
}

export const emoji: readonly Emoji[] = TABLE.trim().split("\n").map(entryOf);

/** The first that one is offered for a message. */
export const quickSigns = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

const spaced = (text: string): string => text.replaceAll("_", " ");

export function emojiName(locale: Locale, { words }: Emoji): string {
  return locale === "ar" ? words.ar : spaced(words[locale].split(" ")[0] ?? "");
}

/** In the order of the list; a word of any language finds it. */
export function findEmoji(query: string): readonly Emoji[] {
  const wanted = query.trim().toLowerCase();
  const has = (text: string) => spaced(text).includes(wanted);
  return wanted ? emoji.filter(({ words }) => Object.values(words).some(has)) : emoji;
}
