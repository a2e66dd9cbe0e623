// What became of a file, in words that say what to do.
import { Errc } from "../../../engine/src/gen/errors.ts";
import type { MediaKey, Tell } from "../../i18n/media/index.ts";

const SENTENCES: Readonly<Record<number, MediaKey>> = {
  [Errc.blob_bad]: "errorBad",
  [Errc.blob_unknown]: "errorGone",
  [Errc.blob_file_needed]: "pickAgain",
  [Errc.blob_file_changed]: "errorChanged",
};

/** By name where the number came after this was written. */
const BY_NAME: Readonly<Record<string, MediaKey>> = {
  blob_size: "errorSize",
  blob_quota: "errorQuota",
  blob_full: "errorFull",
};

export function errorWords(t: Tell, code: number, otherwise: MediaKey): string {
  const named = Object.entries(BY_NAME).find(
    ([name]) => (Errc as Readonly<Record<string, number>>)[name] === code,
  );
  return t(SENTENCES[code] ?? named?.[1] ?? otherwise);
}
