// The shop's colour, the bubble's corner, the first answer; with a picture of what they make.
import { useState } from "preact/hooks";
import type { AdminLook } from "../../engine/src/gen/wire.ts";
import { contrast, parseHex } from "../../ui/src/colour.ts";
import { accentColours, type Mode } from "../../ui/src/theme.ts";
import type { AdminKey, Say } from "./i18n/index.ts";
import { Field, sentenceOf, useBusy, type PageProps } from "./parts.tsx";
import { Preview } from "./preview.tsx";

const HEX = /^#[\da-f]{6}$/i;
/** The desk takes 500 bytes; a Chinese character has three. */
const GREETING_MAX = 160;

const greetings = [
  { field: "greetingZh", name: "greetingZh", builtIn: "builtInZh", lang: "zh-CN" },
  { field: "greetingEn", name: "greetingEn", builtIn: "builtInEn", lang: "en" },
  { field: "greetingAr", name: "greetingAr", builtIn: "builtInAr", lang: "ar" },
] as const satisfies readonly {
  field: keyof AdminLook;
  name: AdminKey;
  builtIn: AdminKey;
  lang: string;
}[];

const same = (a: AdminLook, b: AdminLook): boolean =>
  (Object.keys(a) as (keyof AdminLook)[]).every((key) => a[key] === b[key]);

function ratio(accent: string, mode: Mode): string {
  const colours = accentColours(accent, mode);
  const [on, under] = [colours?.onAccent, colours?.accent].map((hex) => parseHex(hex ?? ""));
  return on && under ? (Math.floor(contrast(on, under) * 10) / 10).toFixed(1) : "";
}

function ContrastNote({ say, accent }: { say: Say; accent: string }) {
  const shown = accentColours(accent, "light")?.accent;
  return (
    <p class="admin-hint" data-testid="contrast">
      {say("contrast", { light: ratio(accent, "light"), dark: ratio(accent, "dark") })}
      {shown && shown !== accent.toLowerCase() && <br />}
      {shown && shown !== accent.toLowerCase() && say("contrastShifted", { shown })}
    </p>
  );
}

function AccentField(props: {
  say: Say;
  accent: string;
  error: string | undefined;
  onAccent(accent: string): void;
}) {
  const { say, accent, error, onAccent } = props;
  return (
    <fieldset class="admin-group">
      <legend>{say("accent")}</legend>
      <div class="accent">
        <input
          type="color"
          aria-label={say("accentPick")}
          value={HEX.test(accent) ? accent.toLowerCase() : "#000000"}
          onInput={(event) => onAccent(event.currentTarget.value)}
        />
        <Field name="accent" label={say("accentField")} error={error}>
          {(described, invalid) => (
            <input
              id="accent"
              class="field"
              type="text"
              dir="ltr"
              maxLength={7}
              spellcheck={false}
              value={accent}
              aria-describedby={described}
              aria-invalid={invalid}
              data-testid="accent"
              onInput={(event) => onAccent(event.currentTarget.value.trim())}
            />
          )}
        </Field>
      </div>
      {!error && <ContrastNote say={say} accent={accent} />}
    </fieldset>
  );
}

function PositionField(props: { say: Say; position: string; onPosition(position: string): void }) {
  const { say, position, onPosition } = props;
  return (
    <fieldset class="admin-group">
      <legend>{say("position")}</legend>
      <div class="admin-radios">
        {(["right", "left"] as const).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="position"
              value={each}
              checked={position === each}
              data-testid={`position-${each}`}
              onChange={() => onPosition(each)}
            />
            {say(each === "right" ? "positionRight" : "positionLeft")}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function GreetingFields(props: {
  say: Say;
  look: AdminLook;
  onLook(part: Partial<AdminLook>): void;
}) {
  const { say, look, onLook } = props;
  return (
    <fieldset class="admin-group">
      <legend>{say("greetings")}</legend>
      <p class="admin-hint">{say("greetingsMore")}</p>
      {greetings.map(({ field, name, builtIn, lang }) => (
        <Field key={field} name={field} label={say(name)}>
          {() => (
            <textarea
              id={field}
              class="field"
              rows={2}
              lang={lang}
              dir="auto"
              maxLength={GREETING_MAX}
              placeholder={say(builtIn)}
              value={look[field]}
              data-testid={field}
              onInput={(event) => {
                // One line: it goes into one message.
                onLook({ [field]: event.currentTarget.value.replace(/\s*\n\s*/g, " ") });
              }}
            />
          )}
        </Field>
      ))}
    </fieldset>
  );
}

/** Takes effect at once; it is no part of the look that is saved below. */
function PreviewsField({ say, state, overview }: Pick<PageProps, "say" | "state" | "overview">) {
  const [problem, set_problem] = useState<string | undefined>();
  const [busy, run] = useBusy();
  const turn = (on: boolean) =>
    run(async () => {
      const refusal = await state.setPreviews(on);
      set_problem(refusal && sentenceOf(say, refusal));
    });
  return (
    <fieldset class="admin-group">
      <legend>{say("linkPreviews")}</legend>
      <div class="admin-radios">
        <label>
          <input
            type="checkbox"
            checked={overview.linkPreviews}
            disabled={busy}
            aria-describedby="previews-more"
            data-testid="link-previews"
            onChange={(event) => turn(event.currentTarget.checked)}
          />
          {say("linkPreviewsOn")}
        </label>
      </div>
      <p class="admin-hint" id="previews-more">
        {say("linkPreviewsMore")}
      </p>
      {problem && (
        <p role="alert" class="admin-error">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

export function LookPage({ say, state, overview }: PageProps) {
  const stored = { ...overview.look, position: overview.look.position || "right" };
  const [edited, set_edited] = useState<AdminLook | undefined>();
  const [problem, set_problem] = useState<string | undefined>();
  const [saved, set_saved] = useState(false);
  const [busy, run] = useBusy();
  const look = edited ?? stored;
  const wrong = HEX.test(look.accent) ? undefined : say("whyColor");
  const changed = !same(look, stored);
  const edit = (part: Partial<AdminLook>) => {
    set_edited({ ...look, ...part });
    set_saved(false);
  };
  const save = (event: Event) => {
    event.preventDefault();
    run(async () => {
      const refusal = await state.setLook({ ...look, accent: look.accent.toLowerCase() });
      set_problem(refusal && sentenceOf(say, refusal));
      set_saved(!refusal);
      if (!refusal) {
        set_edited(undefined);
      }
    });
  };
  const accent = wrong ? stored.accent : look.accent;
  const shown = { say, accent, left: look.position === "left", shop: overview.name };
  return (
    <form class="look" onSubmit={save}>
      <p class="admin-lead">{say("lookLead")}</p>
      <div class="previews" aria-label={say("preview")} role="group">
        <Preview {...shown} mode="light" />
        <Preview {...shown} mode="dark" />
      </div>
      <AccentField
        say={say}
        accent={look.accent}
        error={wrong}
        onAccent={(to) => edit({ accent: to })}
      />
      <PositionField
        say={say}
        position={look.position}
        onPosition={(position) => edit({ position })}
      />
      <GreetingFields say={say} look={look} onLook={edit} />
      <div class="admin-save">
        <button
          type="submit"
          class="primary"
          disabled={busy || !changed || wrong !== undefined}
          data-testid="look-save"
        >
          {say(busy ? "saving" : "save")}
        </button>
        {changed && !busy && (
          <button type="button" class="plain" onClick={() => set_edited(undefined)}>
            {say("discard")}
          </button>
        )}
        <p role="status" class="admin-done" data-testid="look-done">
          {saved && say("lookSaved")}
        </p>
        {problem && (
          <p role="alert" class="admin-error">
            {problem}
          </p>
        )}
      </div>
      <PreviewsField say={say} state={state} overview={overview} />
    </form>
  );
}
