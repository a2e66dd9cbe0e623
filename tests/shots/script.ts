// What a scripted device says; plain data, so that it can be handed to a page.
export type Said = {
  readonly by: "customer" | "agent" | "desk" | "stranger";
  readonly text?: string;
  readonly timeMs: number;
  /** In place of a text: number of its kind, and what it holds in hexadecimal. */
  readonly shows?: { kind: number; content: string };
  readonly name?: string;
  /** In the console: written by a colleague. */
  readonly other?: boolean;
  /** What it answers or changes: the message at that place, by the device of that number. */
  readonly to?: { by: number; place: number };
  /** It changes it; else it answers. */
  readonly does?: "edit" | "recall" | "sign";
  /** An answer: how its target begins. */
  readonly quote?: string;
  /** A card in place of a text; without pictures. */
  readonly card?: { readonly kind: number; readonly of: object };
  /** Still in the outbox. */
  readonly waits?: boolean;
  /** Number of the error that refused it, or that keeps it from being opened. */
  readonly refused?: number;
  readonly problem?: number;
  /** A page view in place of a text. */
  readonly title?: string;
  readonly url?: string;
  readonly locale?: string;
  readonly device?: string;
  readonly product?: { name: string; sku: string; url: string; price: string };
  readonly cart?: { items: { name: string; quantity: number; price: string }[]; total: string };
};

export type Conversation = {
  /** 32 hexadecimal digits. */
  readonly log: string;
  readonly teamLog?: string;
  readonly messages: readonly Said[];
  readonly notes?: readonly Said[];
  readonly delivered?: number;
  readonly read?: number;
  readonly ownRead?: number;
  readonly unread?: number;
  readonly typing?: "customer" | "agent";
  /** The relay has more than is stored here. */
  readonly behind?: boolean;
  /** The server was set back; what it lost is being put back. */
  readonly held?: boolean;
  readonly more?: boolean;
  readonly waitingSinceMs?: number;
  /** How the shop's own login names the customer. */
  readonly subject?: string;
  readonly subjectName?: string;
  /** What the team has put on it. */
  readonly tags?: readonly string[];
  /** Conversations with the same number come from one device. */
  readonly creator?: number;
};

/** What the desk answers an admin; ids are one number repeated. */
export type Admin = {
  readonly shop: string;
  readonly url: string;
  readonly domains: readonly string[];
  readonly look: { accent: string; greetingZh: string; greetingEn: string; position: string };
  readonly backedUpMs: number;
  readonly certificateEndMs: number;
  readonly seen: readonly Seen[];
  readonly nowMs: number;
  readonly devices: readonly Device[];
  readonly invitations: readonly { invitation: number; role: number; expiresMs: number }[];
  /** The link of a new invitation, which then is the first of those above. */
  readonly link: string;
};

export type Seen = {
  readonly origin: string;
  readonly scriptMs: number;
  readonly frameMs?: number;
  readonly refusedMs?: number;
};

export type Device = {
  readonly device: number;
  readonly name: string;
  readonly role: number;
  readonly notAfterMs: number;
  readonly heardMs: number;
  /** Of which device the person is; its own where it is not said. */
  readonly person?: number;
  readonly browser?: string;
  readonly away?: boolean;
  readonly statusMs?: number;
};

export type Script = {
  storage: "kept" | "session" | "refused";
  crashed?: boolean;
  /** The stored state is still being read. */
  starting?: boolean;
  uncertified?: boolean;
  /** The device belongs to a customer of that number. */
  subject?: number;
  certificateEndsMs?: number;
  connection: { state: number; code: number };
  /** After the inbox has come. */
  then?: { state: number; code: number };
  shop?: { name: string; fresh: boolean; domains: string[]; accent?: string };
  conversations: Conversation[];
  problems?: number[];
  /** How large a file may be. */
  blobBytesMax?: number;
  /** How far a link to another device has come, once one is made or used. */
  link?: { step: number; code?: number; digits?: number };
  /** The device is to be a further one of an agent's. */
  beside?: boolean;
  /** The agent's device; else it is an admin's or an agent's. */
  role?: number;
  /** The device is an admin's. */
  admin?: Admin;
  /** Number of the error by which the desk refuses an admin's requests. */
  adminRefused?: number;
};
