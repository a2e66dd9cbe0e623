// The tag to copy, guides for where it goes, and where it was seen.
import { useRef, useState } from "preact/hooks";
import type { SeenOrigin } from "../../engine/src/gen/wire.ts";
import { covers } from "./domains.ts";
import type { AdminKey, Say } from "./i18n/index.ts";
import { Code, sentenceOf, useBusy, type PageProps } from "./parts.tsx";
import { htmlTag, managerTag, reactCode, tagSettings, vueCode, type TagSettings } from "./tag.ts";
import { ago } from "./times.ts";

const guides = [
  { id: "html", name: "guideHtml", more: "guideHtmlMore", code: htmlTag },
  { id: "manager", name: "guideTagManager", more: "guideTagManagerMore", code: managerTag },
  { id: "react", name: "guideReact", more: "guideReactMore", code: reactCode },
  { id: "vue", name: "guideVue", more: "guideVueMore", code: vueCode },
] as const satisfies readonly {
  id: string;
  name: AdminKey;
  more: AdminKey;
  code: (settings: TagSettings) => string;
}[];

function Guides({ say, settings }: { say: Say; settings: TagSettings }) {
  const [shown, set_shown] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  const guide = guides[shown] ?? guides[0];
  const move = (event: KeyboardEvent) => {
    const forward = getComputedStyle(event.currentTarget as Element).direction === "rtl" ? -1 : 1;
    const last = guides.length - 1;
    const to: Record<string, number> = {
      ArrowRight: shown + forward,
      ArrowLeft: shown - forward,
      Home: 0,
      End: last,
    };
    const wanted = to[event.key];
    if (wanted !== undefined) {
      event.preventDefault();
      const next = (wanted + guides.length) % guides.length;
      set_shown(next);
      tabs.current?.querySelectorAll("button")[next]?.focus();
    }
  };
  return (
    <>
      <div class="admin-tabs" role="tablist" aria-label={say("guides")} ref={tabs} onKeyDown={move}>
        {guides.map(({ id, name }, at) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`guide-${id}`}
            aria-selected={at === shown}
            aria-controls="guide-panel"
            tabIndex={at === shown ? 0 : -1}
            data-testid={`guide-${id}`}
            onClick={() => set_shown(at)}
          >
            {say(name)}
          </button>
        ))}
      </div>
      <div id="guide-panel" role="tabpanel" aria-labelledby={`guide-${guide.id}`}>
        <p class="admin-hint">{say(guide.more)}</p>
        <Code
          key={guide.id}
          say={say}
          text={guide.code(settings)}
          label={say("codeOf", { guide: say(guide.name) })}
        />
      </div>
    </>
  );
}

function tagLine(say: Say, { accent, position, relay }: TagSettings): string {
  const said = [
    accent && say("tagAccent", { accent }),
    position && say("tagLeft"),
    relay && say("tagRelay"),
  ].filter(Boolean);
  return said.length ? say("tagSets", { what: said.join(say("listJoin")) }) : say("tagPlain");
}

/** The newest of what was seen on the pages of one domain. */
function seenOf(seen: readonly SeenOrigin[], domain: string): SeenOrigin | undefined {
  return seen
    .filter(({ origin }) => origin && covers(domain, origin))
    .sort((a, b) => b.scriptMs - a.scriptMs)[0];
}

function SeenLine({ props, domain }: { props: PageProps; domain: string }) {
  const { say, overview, nowMs } = props;
  const seen = seenOf(overview.seen, domain);
  if (!seen) {
    return (
      <li class="seen waits" data-testid="seen" data-seen="never">
        <p>
          <strong dir="ltr">{domain}</strong> {say("seenNever")}
        </p>
        <p class="admin-hint">{say("seenNeverWhy", { domain })}</p>
      </li>
    );
  }
  const newest = Math.max(seen.scriptMs, seen.frameMs);
  const time = (ms: number) => ago(say, nowMs - ms);
  return (
    <li class="seen good" data-testid="seen" data-seen="yes">
      <p>{say("seenOn", { origin: seen.origin, time: time(newest) })}</p>
      {seen.frameMs > 0 && (
        <p class="admin-hint">{say("seenOpened", { time: time(seen.frameMs) })}</p>
      )}
      {seen.refusedMs >= newest && (
        <p class="admin-hint">{say("seenRefusedBefore", { time: time(seen.refusedMs) })}</p>
      )}
    </li>
  );
}

function Strangers({ props }: { props: PageProps }) {
  const { say, state, overview, nowMs } = props;
  const [busy, run] = useBusy();
  const [problem, set_problem] = useState("");
  const others = overview.seen
    .filter(({ origin }) => !overview.domains.some((domain) => covers(domain, origin)))
    .sort((a, b) => b.scriptMs - a.scriptMs);
  const allow = (origin: string) =>
    run(async () => {
      const refusal = await state.setDomains([...overview.domains, origin]);
      set_problem(refusal ? sentenceOf(say, refusal) : "");
    });
  return (
    <>
      {others.map(({ origin, scriptMs, frameMs }) => {
        const time = ago(say, nowMs - Math.max(scriptMs, frameMs));
        return origin ? (
          <li key={origin} class="seen refused" data-testid="seen" data-seen="refused">
            <p>{say("seenRefused", { origin, time })}</p>
            {frameMs > 0 && (
              <p class="admin-hint">
                {say("seenRefusedOpened", { time: ago(say, nowMs - frameMs) })}
              </p>
            )}
            <button
              type="button"
              class="secondary"
              disabled={busy}
              data-testid="allow"
              onClick={() => allow(origin)}
            >
              {say("allow")}
            </button>
          </li>
        ) : (
          <li key="hidden" class="seen waits" data-testid="seen" data-seen="hidden">
            <p>{say("seenHidden", { time })}</p>
          </li>
        );
      })}
      {problem && (
        <li class="admin-error" role="alert">
          {problem}
        </li>
      )}
    </>
  );
}

export function InstallPage(props: PageProps) {
  const { say, state, overview, go } = props;
  const settings = tagSettings(overview);
  return (
    <>
      <p class="admin-lead">{say("installLead")}</p>
      <Guides say={say} settings={settings} />
      <p class="admin-hint" data-testid="tag-line">
        {tagLine(say, settings)}
      </p>
      <div class="admin-head">
        <h3>{say("seenTitle")}</h3>
        <button
          type="button"
          class="plain"
          data-testid="refresh"
          onClick={() => void state.refresh()}
        >
          {say("refresh")}
        </button>
      </div>
      <p class="admin-hint">{say("seenLead")}</p>
      {overview.domains.length === 0 && (
        <p class="notice tone-warn">
          {say("seenNoDomains")}
          <button type="button" class="plain" onClick={() => go("domains")}>
            {say("goDomains")}
          </button>
        </p>
      )}
      <ul class="seen-list">
        {overview.domains.map((domain) => (
          <SeenLine key={domain} props={props} domain={domain} />
        ))}
        <Strangers props={props} />
      </ul>
    </>
  );
}
