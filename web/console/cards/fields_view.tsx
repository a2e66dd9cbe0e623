// One field of a card that is being made, and rows of them.
import { useRef, useState } from "preact/hooks";
import { cardsCatalogs, cardsIn, type CardsKey } from "../../ui/i18n/cards/index.ts";
import type { Locale } from "../../ui/i18n/index.ts";
import { pictureUrl } from "../../ui/src/avatar.tsx";
import { Icon } from "../../ui/src/icons.tsx";
import type { ComposeKey, SayCompose } from "../i18n/cards/index.ts";
import { faceOf } from "../picture.ts";
import { rowsIn, textIn, type Trouble, type Typed } from "./build.ts";
import { CURRENCIES } from "./compose.ts";
import type { Spec } from "./spec.ts";

export type FieldsProps = {
  readonly t: SayCompose;
  readonly locale: Locale;
  readonly specs: readonly Spec[];
  readonly typed: Typed;
  /** Where these fields stand: "" or "lines 0 ". */
  readonly at: string;
  /** Only once somebody has tried to send. */
  readonly troubles: ReadonlyMap<string, Trouble>;
  readonly currency: string;
  onCurrency(currency: string): void;
  onType(typed: Typed): void;
};

const isCardsKey = (key: string): key is CardsKey => key in cardsCatalogs.en;

type OneProps<S extends Spec = Spec> = FieldsProps & { readonly spec: S; readonly id: string };

function stateWord({ t, locale }: FieldsProps, key: CardsKey | ComposeKey): string {
  return isCardsKey(key) ? cardsIn(locale)(key) : t(key);
}

function Picture({ t, spec, id, typed, onType }: OneProps) {
  const [wrong, set_wrong] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const value = typed[spec.name];
  const url = value instanceof Uint8Array ? pictureUrl(value) : undefined;
  const take = async (chosen: File | undefined) => {
    const bytes = chosen && (await faceOf(chosen));
    set_wrong(chosen !== undefined && bytes === undefined);
    if (bytes) {
      onType({ ...typed, [spec.name]: bytes });
    }
  };
  return (
    <div class="make-picture">
      {url && <img src={url} alt="" width={48} height={48} />}
      <input
        ref={file} id={id} type="file" accept="image/*" class="hidden-words"
        onChange={() => void take(file.current?.files?.[0])}
      />
      <label class="plain-button" for={id}>
        {t("pictureNone")}
      </label>
      {url && (
        <button
          type="button" class="plain" onClick={() => onType({ ...typed, [spec.name]: "" })}
        >
          {t("pictureRemove")}
        </button>
      )}
      {wrong && (
        <p class="card-wrong" role="alert">
          {t("wrongPicture")}
        </p>
      )}
    </div>
  );
}

function Input(props: OneProps) {
  const { spec, id, typed, at, troubles, onType, currency } = props;
  const value = textIn(typed, spec.name);
  const put = (text: string) => onType({ ...typed, [spec.name]: text });
  const trouble = troubles.get(`${at}${spec.name}`);
  const common = {
    id,
    class: "card-field",
    "aria-invalid": trouble !== undefined,
    "aria-required": spec.required === true,
    "aria-describedby": trouble ? `${id}-wrong` : undefined,
    "data-testid": `make-${at}${spec.name}`.replaceAll(" ", "-"),
  };
  const on = ({ currentTarget }: { currentTarget: { value: string } }) => put(currentTarget.value);
  switch (spec.type) {
    case "lines":
    case "list":
      return (
        <textarea
          {...common} rows={spec.type === "list" ? 4 : 3} dir="auto" value={value} onInput={on}
        />
      );
    case "state":
      return (
        <select {...common} value={value || "1"} onChange={on}>
          {spec.words.map((key, index) => (
            <option key={key} value={String(index + 1)}>
              {stateWord(props, key)}
            </option>
          ))}
        </select>
      );
    case "currency":
      return (
        <select
          {...common} value={currency}
          onChange={({ currentTarget }) => props.onCurrency(currentTarget.value)}
        >
          {CURRENCIES.map((code) => (
            <option key={code}>{code}</option>
          ))}
        </select>
      );
    case "time":
    case "until":
      return <input {...common} type="datetime-local" value={value} onInput={on} />;
    case "picture":
      return <Picture {...props} />;
    default: {
      const figures = spec.type === "amount" || spec.type === "whole";
      return (
        <input
          {...common} type="text" value={value} onInput={on}
          inputMode={figures ? "decimal" : spec.type === "url" ? "url" : "text"}
          dir={figures || spec.type === "url" ? "ltr" : "auto"}
        />
      );
    }
  }
}

function Rows(props: OneProps<Extract<Spec, { type: "rows" }>>) {
  const { t, spec, id, typed, at, troubles } = props;
  const rows = rowsIn(typed, spec);
  const put = (next: readonly Typed[]) => props.onType({ ...typed, [spec.name]: next });
  const trouble = troubles.get(`${at}${spec.name}`);
  return (
    <fieldset class="make-rows">
      <legend>{t(spec.label)}</legend>
      {rows.map((row, index) => (
        <div key={index} class="make-row" role="group" aria-label={t("rowOf", { n: index + 1 })}>
          <Fields
            {...props}
            specs={spec.of}
            typed={row}
            at={`${at}${spec.name} ${index} `}
            onType={(next) => put(rows.map((each, place) => (place === index ? next : each)))}
          />
          <button
            type="button" class="icon-button" aria-label={t("remove", { n: index + 1 })}
            title={t("remove", { n: index + 1 })}
            onClick={() => put(rows.filter((_, place) => place !== index))}
          >
            <Icon name="cross" />
          </button>
        </div>
      ))}
      {trouble && (
        <p class="card-wrong" id={`${id}-wrong`} role="alert">
          {t(trouble.key, trouble.values)}
        </p>
      )}
      {rows.length < spec.most && (
        <button
          type="button" class="plain" data-testid={`make-add-${spec.name}`}
          onClick={() => put([...rows, {}])}
        >
          {t("add")}
        </button>
      )}
    </fieldset>
  );
}

function One(props: OneProps) {
  const { t, spec, id, at, troubles, typed, onType } = props;
  const trouble = troubles.get(`${at}${spec.name}`);
  if (spec.type === "rows") {
    return <Rows {...props} spec={spec} />;
  }
  if (spec.type === "check") {
    return (
      <label class="make-check">
        <input
          type="checkbox" checked={textIn(typed, spec.name) !== ""}
          data-testid={`make-${at}${spec.name}`.replaceAll(" ", "-")}
          onChange={({ currentTarget }) =>
            onType({ ...typed, [spec.name]: currentTarget.checked ? "1" : "" })
          }
        />
        {t(spec.label)}
      </label>
    );
  }
  return (
    <div class={`card-row make-${spec.type}`}>
      <label for={id}>{t(spec.label)}</label>
      <Input {...props} />
      {trouble && (
        <p class="card-wrong" id={`${id}-wrong`}>
          {t(trouble.key, trouble.values)}
        </p>
      )}
    </div>
  );
}

/** What has no sense for this row is not asked. */
const isAsked = (spec: Spec, typed: Typed): boolean =>
  spec.type !== "list" || !spec.only || Number(textIn(typed, "kind") || 1) === spec.only;

export function Fields(props: FieldsProps) {
  return (
    <>
      {props.specs
        .filter((spec) => isAsked(spec, props.typed))
        .map((spec) => (
          <One
            key={spec.name}
            {...props}
            spec={spec}
            id={`make-${props.at}${spec.name}`.replaceAll(" ", "-")}
          />
        ))}
    </>
  );
}
