// A form and what was filled in.
import { useRef, useState } from "preact/hooks";
import { ContentKind, type FormField } from "../../../engine/src/gen/wire.ts";
import { idOf } from "../amend.ts";
import { fieldTrouble, type FieldTrouble } from "./answers.ts";
import { fallbackOf } from "./fallback.ts";
import { keep, kept } from "./kept.ts";
import { ANSWER_MAX } from "./limits.ts";
import { CardFrame, Detail, Title, type PropsOf } from "./parts.tsx";
import { Foot, mayAnswer } from "./questions.tsx";
import { FieldKind, readCard } from "./read.ts";
import { sendCard } from "./say.ts";

type FieldProps = {
  readonly t: PropsOf<typeof ContentKind.FORM>["t"];
  readonly field: FormField;
  readonly id: string;
  readonly value: string;
  readonly trouble: FieldTrouble | undefined;
  onInput(text: string): void;
};

/** What the browser offers for it: its own calendar, the keyboard with figures. */
const inputs: Record<number, Readonly<Record<string, string>>> = {
  [FieldKind.words]: { type: "text" },
  [FieldKind.number]: { type: "text", inputMode: "decimal" },
  [FieldKind.date]: { type: "date" },
  [FieldKind.phone]: { type: "tel", autocomplete: "tel" },
  [FieldKind.email]: { type: "email", autocomplete: "email" },
};

function Field({ t, field, id, value, trouble, onInput }: FieldProps) {
  const { kind, label, hint, required, options } = field;
  const described = [hint && `${id}-hint`, trouble && `${id}-wrong`].filter(Boolean).join(" ");
  const common = {
    id,
    class: "card-field",
    "aria-required": required,
    "aria-invalid": trouble !== undefined,
    "aria-describedby": described || undefined,
    "data-testid": "card-field",
  };
  const typed = ({ currentTarget }: { currentTarget: { value: string } }) =>
    onInput(currentTarget.value);
  return (
    <div class="card-row">
      <label for={id}>
        <span dir="auto">{label}</span>
        {!required && <span class="card-small"> {t("optional")}</span>}
      </label>
      {hint && (
        <p class="card-small" id={`${id}-hint`} dir="auto">
          {hint}
        </p>
      )}
      {kind === FieldKind.option ? (
        <select {...common} value={value} onChange={typed}>
          <option value="">{t("pick")}</option>
          {options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : kind === FieldKind.lines ? (
        <textarea
          {...common} rows={3} dir="auto" maxLength={ANSWER_MAX} value={value} onInput={typed}
        />
      ) : (
        <input
          {...common} {...inputs[kind]} dir={kind === FieldKind.words ? "auto" : "ltr"}
          maxLength={ANSWER_MAX} value={value} onInput={typed}
        />
      )}
      {trouble && (
        <p class="card-wrong" id={`${id}-wrong`}>
          {t(trouble)}
        </p>
      )}
    </div>
  );
}

export function Form(props: PropsOf<typeof ContentKind.FORM>) {
  const { t, card, host, item, inside } = props;
  const { title, detail, fields } = card.of;
  const key = `${inside.log} ${item.key}`;
  const [values, set_values] = useState<readonly string[]>(() => kept<readonly string[]>(key, []));
  const [looked, set_looked] = useState(false);
  const box = useRef<HTMLFormElement>(null);
  const may = mayAnswer(props);
  const troubles = fields.map((field, at) => fieldTrouble(field, values[at] ?? ""));
  const wrong = troubles.filter(Boolean).length;
  const nothing = !values.some((text) => text.trim());
  const put = (at: number, text: string) => {
    const next = fields.map((_, each) => (each === at ? text : (values[each] ?? "")));
    keep(key, next);
    set_values(next);
  };
  const send = (event: Event) => {
    event.preventDefault();
    set_looked(true);
    if (wrong) {
      const first = troubles.findIndex(Boolean);
      box.current?.querySelectorAll<HTMLElement>(".card-field")[first]?.focus();
      return;
    }
    const said = fields.map(({ label }, at) => ({ label, at: at + 1, text: values[at]?.trim() }));
    const filled = said.flatMap(({ at, text }) => (text ? [{ at, text }] : []));
    if (filled.length) {
      const answer = { kind: ContentKind.FORM_ANSWER, of: { values: filled } };
      const lines = said.flatMap(({ label, text }) => (text ? [`${label}: ${text}`] : []));
      sendCard(host.session, inside.log, answer, item, [title, ...lines].join("\n"));
    }
  };
  return (
    <CardFrame icon="form" kind={t("form")} title={title} name="form">
      <Title text={title} />
      <Detail text={detail} />
      {may ? (
        <form ref={box} onSubmit={send} noValidate>
          {fields.map((field, at) => (
            <Field
              key={at}
              t={t}
              field={field}
              id={`field-${item.author.slice(0, 8)}-${item.counter}-${at}`}
              value={values[at] ?? ""}
              trouble={looked ? troubles[at] : undefined}
              onInput={(text) => put(at, text)}
            />
          ))}
          {looked && (wrong > 0 || nothing) && (
            <p class="card-wrong" role="alert">
              {wrong > 0 ? t("fieldsWrong", { n: wrong }) : t("formEmpty")}
            </p>
          )}
          <div class="card-buttons">
            <button type="submit" class="card-yes" data-testid="card-submit">
              {t("submit")}
            </button>
          </div>
        </form>
      ) : (
        <ul class="card-fields">
          {fields.map(({ label }, at) => (
            <li key={at} dir="auto">
              {label}
            </li>
          ))}
        </ul>
      )}
      <Foot {...props} title={title} />
    </CardFrame>
  );
}

/** With the names of the fields, where the form is among what is shown. */
export function Filled({ t, locale, card, item, inside }: PropsOf<typeof ContentKind.FORM_ANSWER>) {
  const { author = "", counter = 0 } = item.target ?? {};
  const id = idOf(author, counter);
  const question = inside.items.find((other) => idOf(other.author, other.counter) === id);
  const asked = question && readCard(question.kind, question.content);
  if (asked?.kind === ContentKind.CHOICES) {
    return (
      <CardFrame icon="list" kind={t("choicesAnswer")} title={asked.of.title} name="chosen">
        {card.of.values.map(({ at, text }) => (
          <Title key={at} text={text} />
        ))}
      </CardFrame>
    );
  }
  if (asked?.kind !== ContentKind.FORM) {
    return (
      <CardFrame icon="form" kind={t("formAnswer")} title="" name="filled">
        <Detail text={item.text || fallbackOf(locale, card)} />
      </CardFrame>
    );
  }
  return (
    <CardFrame icon="form" kind={t("formAnswer")} title={asked.of.title} name="filled">
      <dl class="card-answers">
        {card.of.values.map(({ at, text }) => (
          <div key={at}>
            <dt dir="auto">{asked.of.fields[at - 1]?.label ?? ""}</dt>
            <dd dir="auto">{text}</dd>
          </div>
        ))}
      </dl>
    </CardFrame>
  );
}
