// Who is here, and that the shop vouches for it.
import { useEffect, useRef, useState } from "preact/hooks";
import { Avatar } from "../../web/ui/src/avatar.tsx";
import { Icon } from "../../web/ui/src/icons.tsx";
import type { FrameApp } from "./app.ts";
import type { Person } from "./conversations.ts";
import type { Translate } from "./i18n/index.ts";

const FACES_MAX = 3;

/** Two names are said; of more, one and how many others. */
export function namesOf(t: Translate, people: readonly Person[]): string {
  const [first, ...others] = people.map(({ name }) => name);
  if (first === undefined || others.length === 0) {
    return first ?? "";
  }
  const [second] = others;
  return others.length === 1
    ? `${first}${t("nameJoin")}${second}`
    : t("otherPeople", { name: first, n: others.length });
}

export function Faces({ people }: { people: readonly Person[] }) {
  return (
    <span class="faces">
      {people.slice(0, FACES_MAX).map(({ device, name, picture }) => (
        <Avatar key={device} name={name} picture={picture} size={36} />
      ))}
    </span>
  );
}

/** That the shop is who it says, and what that means when somebody asks. */
export function Confirmed({ app, shop }: { app: FrameApp; shop: string }) {
  const t = app.t.value;
  const [open, set_open] = useState(app.asked.peek() === "confirmed");
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) {
      return undefined;
    }
    const away = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key === "Escape") {
        event.preventDefault();
        button.current?.focus();
      } else if (event instanceof KeyboardEvent || button.current?.contains(event.target as Node)) {
        return;
      }
      set_open(false);
    };
    document.addEventListener("keydown", away, true);
    document.addEventListener("pointerdown", away);
    return () => {
      document.removeEventListener("keydown", away, true);
      document.removeEventListener("pointerdown", away);
    };
  }, [open]);
  return (
    <>
      <button
        type="button"
        class="shield"
        ref={button}
        aria-label={t("confirmed")}
        title={t("confirmed")}
        aria-expanded={open}
        aria-controls="confirmed-more"
        data-testid="confirmed"
        onClick={() => set_open(!open)}
      >
        <Icon name="seal" />
      </button>
      <div class="confirmed-more" id="confirmed-more" role="status" hidden={!open}>
        {open && <p>{t("whoConfirmedMore", { shop })}</p>}
      </div>
    </>
  );
}
