// On a phone it is asked first where a file is to come from: each asks the system another way.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { MediaKey, Tell } from "../../i18n/media/index.ts";
import { Sign, type SignName } from "./signs.tsx";

export type Source = { readonly accept?: string; readonly capture?: boolean };

type Choice = readonly [key: MediaKey, sign: SignName, source: Source];

const CHOICES: readonly Choice[] = [
  ["takePhoto", "camera", { accept: "image/*", capture: true }],
  ["takeVideo", "film", { accept: "video/*", capture: true }],
  ["fromLibrary", "picture", { accept: "image/*,video/*" }],
  ["fromFiles", "sheet", {}],
];
const MOVES: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export type SourcesProps = { readonly t: Tell; onChoose(source: Source | undefined): void };

export function Sources({ t, onChoose }: SourcesProps) {
  const box = useRef<HTMLDivElement>(null);
  const stops = () => [...(box.current?.querySelectorAll<HTMLElement>("button") ?? [])];
  useLayoutEffect(() => stops()[0]?.focus(), []);
  useEffect(() => {
    const outside = ({ target }: Event) => {
      if (!box.current?.contains(target as Node)) {
        onChoose(undefined);
      }
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const keydown = (event: KeyboardEvent) => {
    const all = stops();
    const step = MOVES[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      onChoose(undefined);
    } else if (step) {
      event.preventDefault();
      const at = all.indexOf(document.activeElement as HTMLElement);
      all[(at + step + all.length) % all.length]?.focus();
    }
  };
  return (
    <div
      ref={box} class="media-sources" role="menu" aria-label={t("attach")} data-testid="sources"
      onKeyDown={keydown}
    >
      {CHOICES.map(([key, sign, source]) => (
        <button
          key={key} type="button" role="menuitem" tabIndex={-1} onClick={() => onChoose(source)}
        >
          <Sign name={sign} />
          {t(key)}
        </button>
      ))}
    </div>
  );
}
