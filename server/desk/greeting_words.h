// What the desk says by itself.
#pragma once

namespace shopbell::desk::words {

inline constexpr char greeting_zh[] = "您好，消息已收到，客服会尽快回复您。";
inline constexpr char greeting_en[] =
    "Hello, we have your message and will answer as soon as we can.";
inline constexpr char greeting_ar[] = "مرحبًا، وصلتنا رسالتك وسنرد عليك في أقرب وقت ممكن.";

}  // namespace shopbell::desk::words
