import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { actions, type Action } from "./actions.ts";
import type { ConsoleApp } from "./app.ts";
import { Dialog } from "./dialog.tsx";
import { fuzzy } from "./fuzzy.ts";
import type { Row } from "./inbox.ts";
import { KeyCaps } from "./keys_view.tsx";

const FOUND_MAX = 12;

type Choice = {
  readonly id: string;
  readonly title: string;
  readonly more: string;
  readonly keys: string;
  run(): void;
};

function choicesOf(app: ConsoleApp): Choice[] {
  const { t } = app;
  const talk = (row: Row): Choice => ({
    id: row.key,
    title: app.nameOf(row),
    more: [row.preview, row.pageTitle].filter(Boolean).join(" \u00b7 "),
    keys: "",
    run: () => app.open(row),
  });
  const action = (each: Action): Choice => ({
    id: each.id,
    title: t(each.name),
    more: "",
    keys: each.keys[0] ?? "",
    run: () => each.run(app),
  });
  const possible = actions.filter(
    (each) =>
      !each.keyOnly &&
      (!each.needsTalk || app.row.value !== undefined) &&
      (!each.needsAdmin || app.isAdmin),
  );
  return [...app.inbox.ordered.value.map(talk), ...possible.map(action)];
}

function found(app: ConsoleApp, query: string): Choice[] {
  const scored = choicesOf(app).map((choice) => ({
    choice,
    score: Math.max(fuzzy(query, choice.title) * 2, fuzzy(query, choice.more)),
  }));
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, FOUND_MAX)
    .map(({ choice }) => choice);
}

export function Palette({ app }: { app: ConsoleApp }) {
  const { t } = app;
  const [query, set_query] = useState("");
  const [at, set_at] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const close = () => (app.dialog.value = "");
  const choices = found(app, query.trim());
  const chosen = choices[Math.min(at, choices.length - 1)];
  const run = (choice: Choice | undefined) => {
    if (choice) {
      close();
      choice.run();
    }
  };
  const keydown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && choices.length) {
      event.preventDefault();
      set_at((Math.min(at, choices.length - 1) + by + choices.length) % choices.length);
    } else if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <Dialog t={t} name="palette" title={t("palette")} onClose={close}>
      <input
        ref={field}
        class="field"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={chosen ? `palette-${chosen.id}` : undefined}
        aria-label={t("palette")}
        placeholder={t("paletteHint")}
        autocomplete="off"
        spellcheck={false}
        value={query}
        data-testid="palette-field"
        onInput={(event) => {
          set_query(event.currentTarget.value);
          set_at(0);
        }}
        onKeyDown={keydown}
      />
      <ul id="palette-list" class="choices" role="listbox" aria-label={t("palette")}>
        {choices.map((choice) => (
          <li
            key={choice.id}
            id={`palette-${choice.id}`}
            role="option"
            aria-selected={choice === chosen}
            data-testid="palette-choice"
            onClick={() => run(choice)}
          >
            <span class="choice-title">{choice.title}</span>
            {choice.more && <span class="choice-more">{choice.more}</span>}
            {choice.keys && <KeyCaps chord={choice.keys} />}
          </li>
        ))}
      </ul>
      {choices.length === 0 && (
        <p class="dialog-foot" role="status">
          {t("paletteNone")}
        </p>
      )}
    </Dialog>
  );
}
