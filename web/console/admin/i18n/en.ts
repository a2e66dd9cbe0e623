import type { AdminWords } from "./index.ts";

export const en: AdminWords = {
  adminTitle: "Shop settings",
  adminPages: "Pages of the settings",
  adminOpen: "Shop settings",
  adminOpenRemind: "Shop settings; the keys are not safe yet",
  adminClose: "Back to the conversations",
  pageInstall: "Install",
  pageDomains: "Domains",
  pageLook: "Look",
  pageTeam: "Team",
  pageKeys: "Keys",

  loading: "Loading",
  failed: "The settings cannot be read right now. Trying again by itself.",
  notAdmin: "Only an administrator of the shop may see these pages.",
  saveFailed:
    "Not saved: the shop's desk cannot write to its disk. Check the space on that machine, " +
    "then try again.",
  refusedUnknown: "Not saved: the desk does not take this value ({why}). Reload and try again.",
  errorCode: "Not done (number {code}). Please try again in a little while.",
  refresh: "Refresh",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "The browser does not allow copying. Select the text and copy it yourself.",
  undo: "Undo",

  justNow: "just now",
  minutesAgo: "{n|one:# minute|other:# minutes} ago",
  hoursAgo: "{n|one:# hour|other:# hours} ago",
  daysAgo: "{n|one:# day|other:# days} ago",

  installLead:
    "Put this tag into every page of your shop, and customers can reach you from there.",
  guides: "Where it goes",
  guideHtml: "Plain HTML",
  guideTagManager: "Tag manager",
  guideReact: "React",
  guideVue: "Vue",
  guideHtmlMore:
    "Paste it before </body> of every page: usually into the site's common template.",
  guideTagManagerMore:
    "Make a \u201cCustom HTML\u201d tag that fires on all pages. Tag managers drop the " +
    "attributes of a tag, so the settings stand in a script.",
  guideReactMore:
    "Install the npm package @shopbell/widget, then render this component once, near the root. " +
    "In StrictMode it is still one widget.",
  guideVueMore:
    "Install the npm package @shopbell/widget, then use this in App.vue. The conversation stays " +
    "open while routes change.",
  codeOf: "Code: {guide}",
  tagPlain: "The look is the usual one; the tag carries the shop's id alone.",
  tagSets: "The tag says: {what}. Copy it again after you change the look.",
  tagAccent: "colour {accent}",
  tagLeft: "bubble on the left",
  tagRelay: "the address of the message server",
  listJoin: ", ",

  seenTitle: "Where it was seen",
  seenLead: "Only the site and the time are kept: no page addresses, and nothing about visitors.",
  seenOn: "Seen on {origin} {time}",
  seenOpened: "Conversation last opened {time}",
  seenNever: "No page has asked for it yet",
  seenNeverWhy:
    "Check that the tag is published on {domain}, that the page's security policy (CSP) allows " +
    "scripts from here, and that no ad blocker is in the way.",
  seenRefused:
    "{origin} asked {time}, but is not among the allowed domains, so nothing was shown there.",
  seenRefusedOpened: "Somebody opened it there {time}, and the browser refused the frame.",
  seenRefusedBefore: "It was refused {time}, before the domain was allowed.",
  seenHidden:
    "A page asked {time} that hides its address (its referrer policy), so it is not known which.",
  seenNoDomains: "No domain is allowed yet, so no page shows the widget. Add one first.",
  allow: "Allow this domain",
  goDomains: "Add a domain",

  domainsLead: "Only pages of these domains may show the conversation. Changes hold at once.",
  domainsEmpty: "The list is empty: no page may show the conversation now.",
  domainAdd: "Add domain",
  domainField: "Domain",
  domainHint: "For example https://shop.example, shop.example or *.shop.example",
  domainRemove: "Remove {domain}",
  domainRemoved: "{domain} was removed",
  domainAdded: "{domain} was added",
  domainForms:
    "https://shop.example is that one origin; shop.example is http and https; *.shop.example is " +
    "all subdomains, but not the domain itself. Name the port where there is one.",
  whyEmpty: "Type a domain.",
  whyScheme: "Use an address that begins with https:// or http://, or the domain alone.",
  whyPath: "Leave out what stands behind the domain: https://shop.example is enough.",
  whyUser: "A domain carries no user name. Leave out the @ and what stands before it.",
  whyPort: "A port is a number from 1 to 65535.",
  whyWildcard: "The star stands in front, as in *.shop.example, without https:// and port.",
  whyHost: "This is no domain. Look for spaces or signs that do not belong there.",
  whyTwice: "This domain is in the list already.",
  whyMany: "At most 50 domains. Subdomains of one site can be written as *.shop.example.",
  changesSaved: "Saved, and in force",

  lookLead: "Choose one colour. The others are computed, legible in light and in dark.",
  accent: "Shop colour",
  accentPick: "Pick a colour",
  accentField: "Colour code",
  whyColor: "Type # and six hexadecimal digits, for example #0f6b66.",
  contrast: "Contrast of words on buttons: light {light}:1, dark {dark}:1 (at least 4.5:1)",
  contrastShifted: "So that white words are legible, buttons are a little darker: {shown}.",
  position: "Place of the bubble",
  positionRight: "Bottom right",
  positionLeft: "Bottom left",
  greetings: "First answer",
  greetingsMore: "What a customer is told after his first message. Empty: the built-in sentence.",
  greetingZh: "Chinese",
  greetingEn: "English",
  greetingAr: "Arabic",
  builtInZh: "您好，消息已收到，客服会尽快回复您。",
  builtInEn: "Hello, we have your message and will answer as soon as we can.",
  builtInAr: "مرحبًا، وصلتنا رسالتك وسنرد عليك في أقرب وقت ممكن.",
  whyLong: "This is too long. Keep it to a few sentences.",
  whyLines: "This must be one line. Take out the line breaks.",
  save: "Save",
  saving: "Saving",
  discard: "Discard changes",
  lookSaved:
    "Saved. Open conversations show the new look now; colour and place of the bubble stand in " +
    "the tag, so copy the tag again.",
  preview: "Preview",
  previewLight: "Light",
  previewDark: "Dark",
  previewOf: "How it looks: {mode}",
  sampleQuestion: "My zip broke. Is that covered?",
  sampleAnswer: "Yes, for a year.",
  sampleHint: "Message",

  teamLead:
    "A device with a certificate answers customers for the shop. Invite a person once; he adds " +
    "further devices in his settings, or you add them here.",
  teamMembers: "Members",
  teamEmpty: "Nobody has joined yet. Make an invitation below.",
  roleAdmin: "Administrator",
  roleAgent: "Agent",
  roleObserver: "Observer",
  roleAdminMore: "answers customers and changes these settings",
  roleAgentMore: "answers customers",
  roleObserverMore: "reads along",
  you: "You",
  available: "Available",
  away: "Away",
  awaySince: "Stepped away {time}",
  offline: "Not here",
  heard: "Not here; last seen {time}",
  certificateUntil: "Certificate until {date}",
  certificateEnds: "Certificate ends {date}; invite again before",
  certificateEnded: "Certificate ended {date}",
  invite: "Invite",
  inviteLead: "Send the link to the person who is to join. It works once.",
  inviteRole: "Role",
  inviteLife: "Valid for",
  lifeHour: "1 hour",
  lifeDay: "24 hours",
  lifeWeek: "7 days",
  inviteMake: "Make an invitation link",
  inviteMaking: "Making it",
  inviteLink: "Invitation link",
  inviteKeep:
    "It is shown on this page only. Whoever has the link can join, so send it to that " +
    "person alone.",
  inviteMany: "Too many invitations are unused. Take some back first.",
  open: "Unused invitations",
  openNone: "There are none.",
  openUntil: "{role}, until {date}",
  revoke: "Take back",
  revokeOne: "Take back the invitation for: {role}, until {date}",
  revoked: "Taken back. That link no longer works.",
  revokedUsed: "This invitation has just been used and cannot be taken back.",
  roleOf: "Role of {name}",
  roleSet: "{name}: {role} from now on.",
  remove: "Remove",
  removeOne: "Remove {name}",
  removeSure:
    "Remove {name}? The device is shut out at once and cannot read what is written from now on. " +
    "What was read on it stays readable there. This cannot be undone; only a new invitation " +
    "brings the person back.",
  keep: "Keep",
  removed: "{name} is removed. Everybody else has a new key.",
  reinvite: "Invite again",
  reinviteOne: "Invite again: {name}",
  reinviteSure:
    "For {name} in another browser, or after this one was emptied. When the link is used, the " +
    "device here is removed.",
  reinviteMake: "Make the link",
  reinvited: "The link for {name} stands below.",
  openFor: "{name}, {role}, until {date}",
  lastAdmin:
    "The last administrator stays one: without any, nobody could invite people or change these " +
    "settings. Make somebody else an administrator first.",
  whyMember: "This device is not in the team any more. Refresh to see who is.",
  former: "Removed",
  removedOn: "removed {date}",

  keysLead:
    "Whoever has these keys is the shop. If the machine breaks and there is no backup, the " +
    "shop's identity is gone for good.",
  keysNever: "The keys have never been backed up.",
  keysSaved: "Last backup: {date} ({time}).",
  keysVerified: "Checked {date}.",
  keysUnverified: "It was never checked: a backup that does not open is none.",
  keysHow: "On the machine that runs the desk (DIR is its data directory):",
  keysBackup: "Save them in one file; it asks for a passphrase",
  keysVerify: "Check that the backup opens and is of this shop",
  keysPut:
    "Keep the file where nobody else gets at it, such as on a stick in a safe. Not on the same " +
    "machine, and never in a chat or a mail.",
  keysCertificate: "The desk's certificate holds until {date}.",
  keysCertificateSoon:
    "The desk's certificate ends {date}. Put root.key into the data directory and start again: " +
    "that renews it.",
  keysDone: "I have saved them: refresh",
  remindTitle: "The shop's keys are not safe yet.",
  remindMore:
    "If the machine breaks, the shop's identity is lost. Save them, and check the copy once.",
  remindHow: "How to do it",
  snooze: "Remind me in 7 days",
  snoozed: "You will be reminded on {date}.",

  ownDevices: "Your devices",
  ownDevicesMore:
    "The same conversations under the same name on each. What you read on one is read on all.",
  thisDevice: "This device",
  deviceUnnamed: "Unknown browser",
  otherDevice: "Use on another device",
  otherDeviceLink: "Link for your other device",
  otherDeviceMore:
    "Open it on the other device within 10 minutes. It works once. Whoever opens it works in " +
    "your name, so give it to nobody else.",
  whyDevices: "A person has at most 8 devices. Remove one first.",
  deviceRemoveOne: "Remove {device} of {name}",
  deviceRemoveSure:
    "Remove {device}? It is shut out at once and cannot read what is written from now on. " +
    "What was read on it stays readable there.",
  deviceRemoved: "{device} is removed.",
  removeAllSure:
    "Remove {name} with all devices ({n})? They are shut out at once and cannot read what is " +
    "written from now on. What was read on them stays readable there. This cannot be undone; " +
    "only a new invitation brings the person back.",
  addDevice: "Add a device",
  addDeviceOne: "Add a device for {name}",
  openBeside: "Further device of {name}, until {date}",

  linkPreviews: "Link previews",
  linkPreviewsOn: "Show what a link is about",
  linkPreviewsMore:
    "When somebody of the shop sends a link, the desk visits the page and sends its title " +
    "and description along. Links that customers send are never visited.",
};
