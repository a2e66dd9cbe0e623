// What one can do with a message, as a menu beside it or as a sheet from below; all by keyboard.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { emojiName, findEmoji, quickSigns } from "../../i18n/emoji.ts";
import type { Locale } from "../../i18n/index.ts";
import type { Tell } from "../../i18n/tools/index.ts";
import { momentIn } from "../moment.ts";
import { Glyph, type GlyphName } from "./glyphs.tsx";
import { versionsOf, type Subject } from "./subject.ts";

export type MenuProps = {
  readonly t: Tell;
  readonly locale: Locale;
  readonly subject: Subject;
  readonly sheet: boolean;
  /** Where it stands; a sheet has its own place. */
  readonly style: Readonly<Record<string, string>>;
  onReply(): void;
  onEdit(): void;
  onRecall(): void;
  onReact(emoji: string, off: boolean): void;
  onCopy(): void;
  onClose(): void;
};

type Page = "choices" | "recall" | "history";

const MOVES: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

function Signs({ props }: { props: MenuProps }) {
  const { t, locale, subject, onReact } = props;
  const own = new Set(
    subject.amended?.reactions.filter(({ mine }) => mine).map(({ emoji }) => emoji),
  );
  const nameOf = (sign: string) => {
    const known = findEmoji("").find((each) => each.sign === sign);
    return known ? emojiName(locale, known) : sign;
  };
  return (
    <div class="tools-signs" role="group" aria-label={t("react")}>
      {quickSigns.map((sign) => (
        <button
          key={sign}
          type="button"
          role="menuitemcheckbox"
          aria-checked={own.has(sign)}
          aria-label={nameOf(sign)}
          tabIndex={-1}
          data-testid="react"
          data-emoji={sign}
          onClick={() => onReact(sign, own.has(sign))}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}

type ChoiceProps = { icon: GlyphName; word: string; testid: string; onChoose: () => void };

function Choice({ icon, word, testid, onChoose }: ChoiceProps) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} data-testid={testid} onClick={onChoose}>
      <Glyph name={icon} />
      {word}
    </button>
  );
}

function Choices({ props, go }: { props: MenuProps; go: (page: Page) => void }) {
  const { t, subject } = props;
  const { canReact, canReply, canEdit, canRecall, hasHistory, words } = subject;
  return (
    <>
      {canReact && <Signs props={props} />}
      {canReply && (
        <Choice icon="reply" word={t("reply")} testid="tool-reply" onChoose={props.onReply} />
      )}
      {canEdit && (
        <Choice icon="pen" word={t("edit")} testid="tool-edit" onChoose={props.onEdit} />
      )}
      {canRecall && (
        <Choice
          icon="undo" word={t("recall")} testid="tool-recall" onChoose={() => go("recall")}
        />
      )}
      {words && <Choice icon="copy" word={t("copy")} testid="tool-copy" onChoose={props.onCopy} />}
      {hasHistory && (
        <Choice
          icon="clock" word={t("history")} testid="tool-history" onChoose={() => go("history")}
        />
      )}
    </>
  );
}

function History({ props }: { props: MenuProps }) {
  const { t, locale, subject } = props;
  const recall = subject.amended?.recall;
  return (
    <ol class="tools-history" data-testid="versions">
      {versionsOf(subject).map(({ text, timeMs }, at) => (
        <li key={at}>
          <small>
            {at === 0 ? t("original") : t("editedAt", { time: momentIn(locale, timeMs) })}
          </small>
          <p dir="auto">{text}</p>
        </li>
      ))}
      {recall && (
        <li>
          <small>{t("recalledAt", { time: momentIn(locale, recall.timeMs) })}</small>
        </li>
      )}
    </ol>
  );
}

const FILES: ReadonlySet<number> = new Set([
  ContentKind.IMAGE,
  ContentKind.VIDEO,
  ContentKind.VOICE,
  ContentKind.FILE,
]);

function Ask({ props, go }: { props: MenuProps; go: (page: Page) => void }) {
  const { t, subject } = props;
  return (
    <>
      <p>{t("recallMore")}</p>
      {FILES.has(subject.item.kind) && <p>{t("recallFile")}</p>}
      <div class="tools-answer">
        <button type="button" class="plain" onClick={() => go("choices")}>
          {t("back")}
        </button>
        <button
          type="button" class="danger" data-testid="recall-yes" onClick={() => props.onRecall()}
        >
          {t("recall")}
        </button>
      </div>
    </>
  );
}

function Panel({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <>
      <h3>{title}</h3>
      {children}
    </>
  );
}

export function Menu(props: MenuProps) {
  const { t, sheet, style, onClose } = props;
  const [page, go] = useState<Page>("choices");
  const box = useRef<HTMLDivElement>(null);
  const stops = () => [...(box.current?.querySelectorAll<HTMLElement>("button") ?? [])];
  useLayoutEffect(() => (stops()[0] ?? box.current)?.focus(), [page]);
  useEffect(() => {
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) {
        onClose();
      }
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const keydown = (event: KeyboardEvent) => {
    const all = stops();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = MOVES[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      onClose();
    } else if (step) {
      event.preventDefault();
      all[(at + step + all.length) % all.length]?.focus();
    }
    event.stopPropagation();
  };
  const is_menu = page === "choices";
  return (
    <div
      ref={box}
      class={`tools-menu${sheet ? " sheet" : ""}`}
      style={sheet ? {} : style}
      role={is_menu ? "menu" : "dialog"}
      aria-label={t(is_menu ? "toolsFor" : page === "recall" ? "recallAsk" : "historyTitle")}
      tabIndex={-1}
      data-testid="tools-menu"
      onKeyDown={keydown}
    >
      {is_menu && <Choices props={props} go={go} />}
      {page === "recall" && (
        <Panel title={t("recallAsk")}>
          <Ask props={props} go={go} />
        </Panel>
      )}
      {page === "history" && (
        <Panel title={t("historyTitle")}>
          <History props={props} />
        </Panel>
      )}
    </div>
  );
}
