// Which pages may show the widget.
import { useRef, useState } from "preact/hooks";
import { Icon } from "../../ui/src/icons.tsx";
import { typedDomain } from "./domains.ts";
import { Field, sentenceOf, useBusy, type PageProps } from "./parts.tsx";

type Done = { readonly said: string; readonly before: readonly string[] };

export function DomainsPage({ say, state, overview }: PageProps) {
  const [typed, set_typed] = useState("");
  const [error, set_error] = useState<string | undefined>();
  const [done, set_done] = useState<Done | undefined>();
  const [busy, run] = useBusy();
  const field = useRef<HTMLInputElement>(null);
  const { domains } = overview;

  const set = async (wanted: readonly string[], said: string): Promise<boolean> => {
    const before = state.overview.value?.domains ?? [];
    const refusal = await state.setDomains(wanted);
    set_error(refusal && sentenceOf(say, refusal));
    set_done(refusal ? undefined : { said, before });
    return !refusal;
  };
  const add = (event: Event) => {
    event.preventDefault();
    const domain = typedDomain(typed);
    run(async () => {
      if (await set([...domains, domain], say("domainAdded", { domain }))) {
        set_typed("");
      }
      field.current?.focus();
    });
  };
  const remove = (domain: string) =>
    run(async () => {
      const rest = domains.filter((each) => each !== domain);
      await set(rest, say("domainRemoved", { domain }));
      // The button that had the focus is gone.
      field.current?.focus();
    });
  const undo = (before: readonly string[]) =>
    run(async () => {
      await set(before, say("changesSaved"));
      field.current?.focus();
    });

  return (
    <>
      <p class="admin-lead">{say("domainsLead")}</p>
      {domains.length === 0 ? (
        <p class="notice tone-warn" data-testid="domains-empty">
          {say("domainsEmpty")}
        </p>
      ) : (
        <ul class="admin-list" data-testid="domains">
          {domains.map((domain) => (
            <li key={domain}>
              <span dir="ltr" class="mono">
                {domain}
              </span>
              <button
                type="button"
                class="tool"
                aria-label={say("domainRemove", { domain })}
                title={say("domainRemove", { domain })}
                disabled={busy}
                onClick={() => remove(domain)}
              >
                <Icon name="cross" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="admin-done" role="status" data-testid="domains-done">
        {done && (
          <>
            {done.said}
            <button
              type="button"
              class="plain"
              data-testid="undo"
              disabled={busy}
              onClick={() => undo(done.before)}
            >
              {say("undo")}
            </button>
          </>
        )}
      </div>
      <form class="admin-add" onSubmit={add}>
        <Field name="domain" label={say("domainField")} hint={say("domainHint")} error={error}>
          {(described, invalid) => (
            <input
              ref={field}
              id="domain"
              class="field"
              type="text"
              inputMode="url"
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              dir="ltr"
              value={typed}
              aria-describedby={described}
              aria-invalid={invalid}
              data-testid="domain"
              onInput={(event) => set_typed(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit" class="primary" disabled={busy} data-testid="domain-add">
          {say("domainAdd")}
        </button>
      </form>
      <p class="admin-hint">{say("domainForms")}</p>
    </>
  );
}
