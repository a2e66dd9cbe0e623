// Simplified Chinese: written, not translated. The other catalogs have exactly these keys.
export const zhCn = {
  // First open
  goodMorning: "早上好",
  goodAfternoon: "下午好",
  goodEvening: "晚上好",
  welcome: "请直接写下问题，我们会在这里回复您。",
  cleared: "浏览器清除了这台设备上以前的消息；商家那边还留着。",
  oftenAsked: "大家常问",
  chipOrder: "我的订单到哪了？",
  chipReturn: "怎么退换货？",
  chipWarranty: "保修怎么办理？",

  // Conversations
  conversations: "全部对话",
  newConversation: "开始新对话",
  backToList: "返回全部对话",
  youSaid: "您：{text}",
  draftOf: "草稿：{text}",
  noWordsYet: "还没有消息",
  unreadMessages: "{n} 条未读",

  // Header and menu
  menu: "更多",
  find: "搜索消息",
  gallery: "图片与文件",
  linkDevice: "在其他设备上使用",
  sound: "新消息提示音",
  otherPeople: "{name}等 {n} 人",
  nameJoin: "、",
  whoConfirmedMore:
    "您正在与“{shop}”对话。店铺和每位客服的身份都经过签名核对；" +
    "若有人冒充，他的消息会带有醒目的提示。",

  // Ends and ways out
  endedTitle: "对话已在此页面关闭",
  endedMore: "之前的消息都还在，随时可以重新打开。",
  openAgain: "重新打开",
  openInTab: "在新标签页中打开",

  // Whose conversation it is
  veiled: "这段对话属于另一位顾客，本人登录后才能查看。",
  leaveTitle: "还有内容没发出去，仍要退出吗？",
  leaveMore: "还有 {n} 条没有发送。退出后，这台设备上的对话会被清除，这些内容也找不回来。",
  leaveStay: "先不退出",
  leaveGo: "退出并清除",
};
