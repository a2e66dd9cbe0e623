// What cards are made of.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { SayCard } from "../../i18n/cards/index.ts";
import type { Locale } from "../../i18n/index.ts";
import type { Item } from "../conversation.ts";
import { momentIn } from "../moment.ts";
import type { CardsHost, Inside } from "./host.ts";
import { addressOf, type Card } from "./read.ts";
import type { Settled } from "./settle.ts";

export type CardProps = {
  readonly t: SayCard;
  readonly locale: Locale;
  readonly card: Card;
  readonly item: Item;
  readonly inside: Inside;
  readonly host: CardsHost;
  /** Of a question: what became of it. */
  readonly settled: Settled;
  /** Nobody has looked yet whether it was answered behind what is shown. */
  readonly checking: boolean;
};

/** Props of a card of one kind. */
export type PropsOf<K extends Card["kind"]> = Omit<CardProps, "card"> & {
  readonly card: Extract<Card, { kind: K }>;
};

const paths = {
  bag: "M6 8h12l1 12H5zM9 8V7a3 3 0 0 1 6 0v1",
  box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  truck: "M3 7h11v9H3zM14 10h4l3 3v3h-7zM7 19a1.5 1.5 0 1 0 0-3M17 19a1.5 1.5 0 1 0 0-3",
  coin: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M9 9l3 3.5L15 9M12 12.5V17M9.5 14h5",
  form: "M6 4h12v16H6zM9 9h6M9 13h6M9 17h3",
  list: "M5 7h.01M9 7h10M5 12h.01M9 12h10M5 17h.01M9 17h10",
  date: "M5 6h14v14H5zM5 10h14M9 4v4M15 4v4",
  steps: "M5 12a2 2 0 1 0 0 .01M10 12h4M7 12h1M19 12a2 2 0 1 0 0 .01M12 12v.01",
  ask:
    "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M9.7 9.5a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1.1.9-1.1 1.8" +
    "M12 16.5v.01",
  yes: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M8.5 12l2.5 2.5 4.5-5",
  no: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M9 9l6 6M15 9l-6 6",
  star: "M12 4.5l2.3 4.8 5.2.7-3.8 3.6.9 5.2-4.6-2.5-4.6 2.5.9-5.2L4.5 10l5.2-.7z",
  page: "M7 4h7l4 4v12H7zM14 4v4h4M10 12h5M10 16h5",
  out: "M10 6H6v12h12v-4M13 5h6v6M19 5l-8 8",
  clock: "M12 7.5V12l3 2M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
} as const;
export type CardIcon = keyof typeof paths;

export function CardSign({ name, filled = false }: { name: CardIcon; filled?: boolean }) {
  return (
    <svg
      class={`icon${filled ? " filled" : ""}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}

export type Tone = "ok" | "warn" | "danger" | "plain";

type FrameProps = {
  readonly icon: CardIcon;
  readonly kind: string;
  /** What it is called by a screen reader; the kind goes before. */
  readonly title: string;
  readonly name: string;
  readonly state?: string | undefined;
  readonly tone?: Tone | undefined;
  readonly children: ComponentChildren;
};

export function CardFrame({ icon, kind, title, name, state, tone, children }: FrameProps) {
  return (
    <section
      class={`card card-${name}`}
      aria-label={title ? `${kind}: ${title}` : kind}
      data-testid="card"
      data-card={name}
    >
      <header class="card-head">
        <CardSign name={icon} />
        <span class="card-kind">{kind}</span>
        {state && (
          <span class={`card-pill tone-${tone ?? "plain"}`} data-testid="card-pill">
            {state}
          </span>
        )}
      </header>
      {children}
    </section>
  );
}

export function Title({ text }: { text: string }) {
  return (
    <p class="card-title" dir="auto">
      {text}
    </p>
  );
}

/** Nothing where there is nothing to say. */
export function Detail({ text }: { text: string }) {
  return text ? (
    <p class="card-detail" dir="auto">
      {text}
    </p>
  ) : null;
}

/** The way to more, with the host to which it leads. */
export function Address({ t, url }: { t: SayCard; url: string }) {
  const address = addressOf(url);
  return address ? (
    <a
      class="card-link"
      href={address.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      aria-label={t("opens", { host: address.host })}
    >
      <bdi dir="ltr">{address.host}</bdi>
      <CardSign name="out" />
    </a>
  ) : null;
}

export function Moment({ locale, timeMs }: { locale: Locale; timeMs: number }) {
  return <time dateTime={new Date(timeMs).toISOString()}>{momentIn(locale, timeMs)}</time>;
}

type FoldedProps = {
  readonly t: SayCard;
  readonly text: string;
  /** Characters that are shown before the rest is asked for. */
  readonly most: number;
};

/** The beginning of a long text, and all of it where somebody wants it. */
export function FoldedText({ t, text, most }: FoldedProps) {
  const [open, set_open] = useState(false);
  const long = text.length > most * 1.2;
  const cut = text.slice(0, most).replace(/[\ud800-\udbff]$/, "").replace(/\s+\S{0,12}$/, "");
  return (
    <>
      <p class="card-detail" dir="auto">
        {long && !open ? `${cut}\u2026` : text}
      </p>
      {long && (
        <button
          type="button"
          class="card-more"
          aria-expanded={open}
          onClick={() => set_open(!open)}
        >
          {t(open ? "showLess" : "showAll")}
        </button>
      )}
    </>
  );
}
