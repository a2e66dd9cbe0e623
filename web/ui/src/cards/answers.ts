// Answers to forms and choices: when one fits, and what is wrong where it does not.
import { ContentKind, type FormAnswer, type FormField } from "../../../engine/src/gen/wire.ts";
import { FieldKind, type CardOf } from "./read.ts";

export type Asking = CardOf<typeof ContentKind.FORM> | CardOf<typeof ContentKind.CHOICES>;

/** Why a field is not as it should be; the catalogs have a sentence for each. */
export type FieldTrouble =
  | "fieldMissing"
  | "fieldNumber"
  | "fieldDate"
  | "fieldOption"
  | "fieldPhone"
  | "fieldEmail";

const NUMBER = /^-?\d{1,15}(?:[.,]\d{1,6})?$/;
const PHONE = /^\+?[\d\s().-]{5,24}$/;
const EMAIL = /^[^\s@]{1,64}@(?:[^\s@.]{1,63}\.){1,8}[^\s@.]{2,24}$/;

/** A day that the calendar has. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (!day) {
    return false;
  }
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** Nothing where the words are what the field asks for. */
export function fieldTrouble(field: FormField, words: string): FieldTrouble | undefined {
  const text = words.trim();
  if (!text) {
    return field.required ? "fieldMissing" : undefined;
  }
  switch (field.kind) {
    case FieldKind.number:
      return NUMBER.test(text) ? undefined : "fieldNumber";
    case FieldKind.date:
      return isDate(text) ? undefined : "fieldDate";
    case FieldKind.option:
      return field.options.includes(text) ? undefined : "fieldOption";
    case FieldKind.phone:
      return PHONE.test(text) && /\d(?:\D*\d){4}/.test(text) ? undefined : "fieldPhone";
    case FieldKind.email:
      return EMAIL.test(text) ? undefined : "fieldEmail";
    default:
      return undefined;
  }
}

/** How many may be chosen. */
export const mostOf = ({ of }: CardOf<typeof ContentKind.CHOICES>): number =>
  Math.min(of.most || 1, of.choices.length);

/** True where the answer does not fit what is asked. */
export function answerProblem(asking: Asking, { values }: FormAnswer): boolean {
  if (asking.kind === ContentKind.CHOICES) {
    const offered = values.every(({ at, text }) => asking.of.choices[at - 1]?.title === text);
    return !offered || values.length > mostOf(asking);
  }
  const { fields } = asking.of;
  const said = new Map(values.map(({ at, text }) => [at, text]));
  return (
    values.some(({ at }) => at > fields.length) ||
    fields.some((field, at) => fieldTrouble(field, said.get(at + 1) ?? "") !== undefined)
  );
}
