import { errorName } from "../i18n/error_name.ts";
import type { Status } from "./status.ts";

/** The honest line. It always has its place, so that nothing jumps when it changes. */
export function StatusLine({ status, words }: { status: Status; words: string }) {
  return (
    <p
      class={`status tone-${status.tone}`}
      role="status"
      data-testid="status"
      data-status={status.name}
      data-error={status.code ? errorName(status.code) : ""}
    >
      {words}
    </p>
  );
}
