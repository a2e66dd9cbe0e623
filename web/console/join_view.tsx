import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ConsoleApp } from "./app.ts";

// The desk takes 120 bytes; a Chinese character has three.
export const NAME_MAX = 40;

export function Join({ app }: { app: ConsoleApp }) {
  const { t, session } = app;
  const [name, set_name] = useState(app.name);
  const shop = session.shop.value?.name ?? "";
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    app.join(name);
  };
  if (app.invitation.value?.isBeside) {
    return (
      <form class="whole join" onSubmit={submit}>
        <h2>{shop ? t("besideTitle", { shop }) : t("besideTitleUnnamed")}</h2>
        <p>{t("besideMore")}</p>
        <button
          type="submit"
          class="primary"
          data-testid="join-beside"
          disabled={app.joining.value}
        >
          {t(app.joining.value ? "joining" : "besideJoin")}
        </button>
      </form>
    );
  }
  return (
    <form class="whole join" onSubmit={submit}>
      <h2>{shop ? t("joinTitle", { shop }) : t("joinTitleUnnamed")}</h2>
      <label>
        {t("joinName")}
        <input
          ref={field}
          class="field"
          type="text"
          autocomplete="name"
          maxLength={NAME_MAX}
          value={name}
          data-testid="name"
          aria-describedby="name-hint"
          onInput={(event) => set_name(event.currentTarget.value)}
        />
      </label>
      <p id="name-hint">{t("joinNameHint")}</p>
      <button
        type="submit"
        class="primary"
        data-testid="join"
        disabled={!name.trim() || app.joining.value}
      >
        {t(app.joining.value ? "joining" : "join")}
      </button>
    </form>
  );
}
