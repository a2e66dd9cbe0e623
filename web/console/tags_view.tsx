import { render } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../ui/src/icons.tsx";
import type { Drawer, DrawInto } from "../ui/src/cards/host.ts";
import type { Item } from "../ui/src/conversation.ts";
import type { ConsoleApp } from "./app.ts";
import { Sign } from "./icons.tsx";
import type { Say } from "./i18n/index.ts";
import type { Row } from "./inbox.ts";
import { inUse, readTag, TAG_LENGTH_MAX, TAGS_MAX } from "./tags.ts";

const ROW_TAGS = 3;

/** A few of them under a row of the inbox. */
export function RowTags({ app, row }: { app: ConsoleApp; row: Row }) {
  const tags = app.tags.of(row);
  if (tags.length === 0) {
    return null;
  }
  return (
    <span class="row-tags" data-testid="row-tags">
      {tags.slice(0, ROW_TAGS).map((tag) => (
        <span class="tag" key={tag}>
          <bdi>{tag}</bdi>
        </span>
      ))}
      {tags.length > ROW_TAGS && (
        <span class="tag-rest" title={tags.slice(ROW_TAGS).join(", ")}>
          +{tags.length - ROW_TAGS}
        </span>
      )}
    </span>
  );
}

function TagField({ app, row }: { app: ConsoleApp; row: Row }) {
  const { t, tags } = app;
  const field = useRef<HTMLInputElement>(null);
  const [typed, type] = useState("");
  const wanted = tags.focus.value;
  useLayoutEffect(() => {
    if (wanted) {
      field.current?.focus();
    }
  }, [wanted]);
  const known = inUse(app.inbox.rows.value.values());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        tags.put(row, typed, known);
        type("");
      }}
    >
      <input
        ref={field}
        class="field"
        list="tags-in-use"
        maxLength={TAG_LENGTH_MAX}
        autocomplete="off"
        enterkeyhint="done"
        aria-label={t("tagAdd")}
        placeholder={t("tagAdd")}
        value={typed}
        data-testid="tag-field"
        onInput={(event) => type(event.currentTarget.value)}
      />
      <datalist id="tags-in-use">
        {known.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </form>
  );
}

/** In the panel of a customer: what is on the conversation, and a field for more. */
export function TagsOf({ app, row }: { app: ConsoleApp; row: Row }) {
  const { t } = app;
  const tags = app.tags.of(row);
  const mayWrite = app.canSend.value && row.teamLog !== undefined;
  return (
    <>
      {tags.length > 0 && (
        <ul class="tags">
          {tags.map((tag) => (
            <li class="tag" key={tag} data-testid="tag">
              <bdi>{tag}</bdi>
              {mayWrite && (
                <button
                  type="button"
                  aria-label={t("tagOff", { tag })}
                  title={t("tagOff", { tag })}
                  onClick={() => {
                    app.tags.takeOff(row, tag);
                    app.tags.focus.value++;
                  }}
                >
                  <Icon name="cross" />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {!mayWrite && tags.length === 0 && <p class="soft">{t("tagsNone")}</p>}
      {mayWrite && tags.length >= TAGS_MAX && <p class="soft">{t("tagsFull", { n: TAGS_MAX })}</p>}
      {mayWrite && tags.length < TAGS_MAX && <TagField app={app} row={row} />}
    </>
  );
}

/** In the line of time a tag is a note that says what became of it. */
export function withTags(inner: Drawer, say: () => Say): Drawer {
  const draw: DrawInto = (place, { item }) => {
    const { name = "", off = false } = readTag(item) ?? {};
    const words = say()(off ? "tagWasTaken" : "tagWasPut", { tag: name });
    const line = (
      <span class="tag-line">
        <Sign name="tag" />
        {words}
      </span>
    );
    render(line, place);
  };
  return {
    stage: inner.stage,
    of: (item: Item, words: string) => (readTag(item) ? draw : inner.of(item, words)),
  };
}
