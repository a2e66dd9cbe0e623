// Above the composer: the files that are about to be sent; and where files are let go.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Files } from "./files.ts";
import { Icon } from "./icons.tsx";

export type FilesPlaceProps = {
  readonly files: Files;
  /** In hexadecimal. */
  readonly log: string;
  readonly hint: string;
};

const carries = ({ dataTransfer }: DragEvent): boolean =>
  dataTransfer?.types.includes("Files") ?? false;

/** Whether something is held over the window that could be let go here. */
function useDrop(take: (files: readonly File[]) => void): boolean {
  const [over, set_over] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const ends = new AbortController();
    const listen = (name: "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
      document.addEventListener(name, act, { signal: ends.signal });
    listen("dragover", (event) => {
      if (carries(event)) {
        event.preventDefault();
        set_over(true);
      }
    });
    listen("dragleave", ({ relatedTarget }) => relatedTarget === null && set_over(false));
    listen("drop", (event) => {
      if (carries(event)) {
        event.preventDefault();
        set_over(false);
        latest.current([...(event.dataTransfer?.files ?? [])]);
      }
    });
    return () => ends.abort();
  }, []);
  return over;
}

export function FilesPlace({ files, log, hint }: FilesPlaceProps) {
  const place = useRef<HTMLDivElement>(null);
  const parts = files.parts.value;
  useEffect(() => (place.current ? parts?.tray(place.current, log) : undefined), [parts, log]);
  const over = useDrop((found) => files.can.peek() && files.add(log, found));
  return (
    <>
      <div ref={place} />
      {over && files.can.value && (
        <p class="drop-hint" data-testid="drop-hint">
          <Icon name="clip" />
          {hint}
        </p>
      )}
    </>
  );
}
