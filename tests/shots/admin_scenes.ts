// What an admin's pages can show, as a script for the device.
import { Errc } from "../../web/engine/src/gen/errors.ts";
import { ago, desk, now, type Scene } from "./scenes.ts";
import type { Admin } from "./script.ts";
import { words, type Language } from "./words.ts";

const day = 24 * 60;

function adminOf(language: Language): Admin {
  const said = words[language];
  return {
    shop: said.shop,
    url: "https://chat.camellia.example",
    domains: ["https://camellia.example", "*.camellia.example", "https://camellia-outlet.example"],
    look: { accent: "#0f6b66", greetingZh: "", greetingEn: "", position: "right" },
    backedUpMs: ago(40 * day),
    certificateEndMs: ago(-200 * day),
    seen: [
      { origin: "https://camellia.example", scriptMs: ago(2), frameMs: ago(31) },
      { origin: "https://blog.camellia.example", scriptMs: ago(3 * day), refusedMs: ago(day) },
    ],
    nowMs: now.getTime(),
    devices: [
      {
        device: 2,
        name: said.agent,
        role: 1,
        notAfterMs: ago(-80 * day),
        heardMs: ago(0),
        browser: "Chrome 156, Windows, 1920 x 1080",
      },
      {
        device: 12,
        person: 2,
        name: said.agent,
        role: 1,
        notAfterMs: ago(-29 * day),
        heardMs: ago(200),
        browser: "Safari 26, iOS, 390 x 844",
      },
      {
        device: 9,
        name: said.colleague,
        role: 2,
        notAfterMs: ago(-3 * day),
        heardMs: ago(1),
        away: true,
        statusMs: ago(12),
      },
      { device: 10, name: "Konstantin", role: 2, notAfterMs: ago(day), heardMs: ago(90) },
      { device: 11, name: "Observatory", role: 3, notAfterMs: ago(-60 * day), heardMs: 0 },
    ],
    invitations: [{ invitation: 5, role: 2, expiresMs: ago(-day) }],
    link: `https://chat.camellia.example/console/#join=${"k7Qp2mZx".repeat(6)}`,
  };
}

const admin = (more: Partial<Admin> = {}): Scene =>
  (language) => desk({ admin: { ...adminOf(language), ...more } })(language);

const strangers = [
  { origin: "https://landing-pages.camellia-campaign.example", scriptMs: ago(4), frameMs: ago(4) },
  { origin: "", scriptMs: ago(60) },
].map((each) => ({ ...each, refusedMs: each.scriptMs }));

/** Each opens the page that its first word names. */
export const adminScenes: Record<string, Scene> = {
  install: admin(),
  "install by tag manager": admin(),
  "install in React": admin(),
  "install in Vue": admin(),
  "install, refused pages": admin({ seen: strangers }),
  "install, no domains": admin({ domains: [], seen: [], backedUpMs: 0 }),
  domains: admin(),
  "domains, a wrong one": admin(),
  "domains, none": admin({ domains: [] }),
  look: admin(),
  "look, a wrong colour": admin(),
  team: admin(),
  "team, removing a device": admin(),
  "team, invited": admin(),
  "team, alone": (language) => {
    const devices = adminOf(language).devices.slice(0, 1);
    return admin({ devices, invitations: [] })(language);
  },
  keys: admin(),
  "keys, never saved": admin({ backedUpMs: 0, certificateEndMs: ago(-20 * day) }),
};

/** Where the desk does not answer as it should. */
export const adminRefused: Scene = (language) => ({
  ...admin()(language),
  adminRefused: Errc.role_refused,
});
