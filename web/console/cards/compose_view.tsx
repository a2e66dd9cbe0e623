// Making a card: first which, then its fields beside what the customer will see.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { toHex } from "../../engine/src/text.ts";
import { cardsIn } from "../../ui/i18n/cards/index.ts";
import { AuthorClass, type Item } from "../../ui/src/conversation.ts";
import { CardView } from "../../ui/src/cards/drawer.tsx";
import type { CardsHost } from "../../ui/src/cards/host.ts";
import type { Card } from "../../ui/src/cards/read.ts";
import type { ConsoleApp } from "../app.ts";
import { Dialog } from "../dialog.tsx";
import { fuzzy } from "../fuzzy.ts";
import { composeIn, type SayCompose } from "../i18n/cards/index.ts";
import type { Row } from "../inbox.ts";
import { build, type Trouble, type Typed } from "./build.ts";
import { Fields } from "./fields_view.tsx";
import { kinds, type KindSpec } from "./spec.ts";

type Props = { readonly app: ConsoleApp; readonly row: Row; readonly t: SayCompose };

function Kinds({ app, row, t }: Props) {
  const [query, set_query] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const found = kinds
    .map((spec) => ({ spec, score: query.trim() ? fuzzy(query.trim(), t(spec.label)) : 1 }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ spec }) => spec);
  const choose = (spec: KindSpec | undefined) =>
    spec && app.composing.choose(toHex(row.log), spec.kind);
  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      choose(found[0]);
    }
  };
  return (
    <>
      <input
        ref={field} class="field" type="text" autocomplete="off" value={query}
        aria-label={t("kindSearch")} placeholder={t("kindSearch")} data-testid="card-search"
        onInput={({ currentTarget }) => set_query(currentTarget.value)} onKeyDown={keydown}
      />
      <ul class="make-kinds">
        {found.map((spec) => (
          <li key={spec.kind}>
            <button
              type="button" data-testid="card-kind" data-kind={spec.label}
              onClick={() => choose(spec)}
            >
              {t(spec.label)}
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p class="dialog-foot" role="status">
          {t("kindNone")}
        </p>
      )}
    </>
  );
}

const NO_TROUBLES: ReadonlyMap<string, Trouble> = new Map();

/** What the customer will see; nothing in it can be pressed. */
function Preview({ app, t, card }: { app: ConsoleApp; t: SayCompose; card: Card | undefined }) {
  const locale = app.locale.value;
  const host: CardsHost = useMemo(
    () => ({ session: app.session, side: "customer", locale: () => locale, canWrite: () => true }),
    [locale],
  );
  const item = {
    key: "preview", seq: 1, counter: 1, ref: 0, author: "", authorClass: AuthorClass.shop,
    authorName: "", mine: false, kind: card?.kind ?? 0, text: "", timeMs: 0, problem: 0,
    refused: 0,
  } satisfies Item;
  const inside = { log: "", items: [], isNote: false };
  const about = { item, inside, host, settled: { state: "open" } as const, checking: false };
  return (
    <section class="make-preview" aria-label={t("preview")} data-testid="card-preview">
      <h3>{t("preview")}</h3>
      {card ? (
        <div class="group other">
          <div class="bubble" inert>
            <CardView t={cardsIn(locale)} locale={locale} card={card} {...about} />
          </div>
        </div>
      ) : (
        <p class="card-small">{t("previewNone")}</p>
      )}
    </section>
  );
}

function Make({ app, row, t, spec }: Props & { spec: KindSpec }) {
  const log = toHex(row.log);
  const { composing } = app;
  const typed: Typed = composing.of(log).typed[spec.kind] ?? {};
  const [looked, set_looked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const context = {
    currency: composing.currency.value, nowMs: Date.now(), locale: app.locale.value,
  };
  const { card, shown, troubles, whole } = build(spec, typed, context);
  useLayoutEffect(
    () => form.current?.querySelector<HTMLElement>(".card-field")?.focus(),
    [spec.kind],
  );
  const send = (event: Event) => {
    event.preventDefault();
    set_looked(true);
    if (card) {
      app.sendCard(row, card);
    } else {
      // Once they are marked.
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(),
      );
    }
  };
  return (
    <form ref={form} class="make" onSubmit={send} noValidate>
      <div class="make-fields">
        <Fields
          t={t}
          locale={app.locale.value}
          specs={spec.fields}
          typed={typed}
          at=""
          troubles={looked ? troubles : NO_TROUBLES}
          currency={composing.currency.value}
          onCurrency={(currency) => composing.setCurrency(currency)}
          onType={(next) => composing.write(log, spec.kind, next)}
        />
      </div>
      <Preview app={app} t={t} card={shown} />
      <footer class="make-foot">
        {looked && (whole || troubles.size > 0) && (
          <p class="card-wrong" role="alert">
            {whole ? t(whole.key, whole.values) : t("wrongSome", { n: troubles.size })}
          </p>
        )}
        <p class="card-small">{t("draftKept")}</p>
        <button
          type="button" class="plain" data-testid="card-other"
          onClick={() => composing.choose(log, 0)}
        >
          {t("otherKind")}
        </button>
        <button
          type="button" class="plain" onClick={() => composing.write(log, spec.kind, {})}
        >
          {t("clear")}
        </button>
        <button
          type="submit" class="primary" data-testid="card-send"
          aria-disabled={!app.canSend.value}
        >
          {t("sendCard")}
        </button>
      </footer>
    </form>
  );
}

export function ComposeCard({ app, row }: { app: ConsoleApp; row: Row }) {
  const t = composeIn(app.locale.value);
  const { kind } = app.composing.of(toHex(row.log));
  const spec = kinds.find((each) => each.kind === kind);
  const close = () => {
    app.dialog.value = "";
    app.focus.value++;
  };
  const title = spec ? t("cardOf", { kind: t(spec.label) }) : t("chooseKind");
  return (
    <Dialog t={app.t} name="card" title={title} onClose={close}>
      {spec ? (
        <Make key={spec.kind} app={app} row={row} t={t} spec={spec} />
      ) : (
        <Kinds app={app} row={row} t={t} />
      )}
    </Dialog>
  );
}
