// What stands above the composer until it is sent: each file with what it is, how far it is, and
// what can be done with it.
import { Errc } from "../../../engine/src/gen/errors.ts";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import type { Locale } from "../../i18n/index.ts";
import type { Tell } from "../../i18n/media/index.ts";
import { errorWords } from "./failures.ts";
import { sizeWords } from "./names.ts";
import type { Outgoing, OutgoingFiles } from "./outgoing.ts";
import { dataUrl } from "./shape.ts";
import { Sign, SignButton, type SignName } from "./signs.tsx";

export type TrayProps = {
  readonly t: Tell;
  readonly locale: Locale;
  readonly files: readonly Outgoing[];
  readonly outgoing: OutgoingFiles;
  /** What could not be taken at all. */
  readonly refused: string;
  /** By a press: asks for the file that a former page began to send. */
  onPickAgain(out: Outgoing): void;
  onEdit(out: Outgoing): void;
  /** After the last one is gone the focus needs a place. */
  onEmpty(): void;
};

const SIGNS: Readonly<Record<number, SignName>> = {
  [ContentKind.IMAGE]: "picture",
  [ContentKind.VIDEO]: "film",
};

/** A small picture where there is one; it always has its room. */
function Thumb({ kind, type, preview, url }: Outgoing) {
  const drawn = kind === ContentKind.IMAGE && url !== "";
  const sheet = type === "application/pdf" ? "page" : "sheet";
  const shown = drawn ? url : preview.length ? dataUrl(preview) : "";
  return (
    <span class="media-thumb">
      {shown ? <img src={shown} alt="" /> : <Sign name={SIGNS[kind] ?? sheet} />}
    </span>
  );
}

function stateWords({ t, locale }: TrayProps, out: Outgoing): string {
  const values = { done: sizeWords(locale, out.sent), all: sizeWords(locale, out.bytes) };
  switch (out.state) {
    case "looking":
      return t("looking");
    case "sending":
      return t("sending", values);
    case "paused":
      return t("paused", values);
    case "failed":
      if (out.other && out.error === Errc.blob_file_changed) {
        return t("otherFile", { name: out.other, begun: out.name });
      }
      return errorWords(t, out.error, "errorAway");
    case "left":
      return t("pickAgain");
    case "ready":
      return values.all;
  }
}

const needsFile = ({ state, error }: Outgoing): boolean =>
  state === "failed" && (error === Errc.blob_file_needed || error === Errc.blob_file_changed);

/** It knows where it was taken: that stays here, unless one wants it told. */
function Place({ props, out }: { props: TrayProps; out: Outgoing }) {
  const { t, outgoing } = props;
  const { ref, keepsPlace } = out;
  return (
    <>
      <span>{t(keepsPlace ? "placeKept" : "placeLeft")}</span>
      <label class="media-place">
        <input
          type="checkbox" role="switch" checked={keepsPlace} data-testid="outgoing-place"
          onChange={({ currentTarget }) => outgoing.keepPlace(ref, currentTarget.checked)}
        />
        {t("sendPlace")}
      </label>
    </>
  );
}

function Row({ props, out }: { props: TrayProps; out: Outgoing }) {
  const { t, outgoing, files, onEmpty } = props;
  const { ref, state, warning, name, sent, bytes } = out;
  const wants_file = out.file === undefined && (state === "left" || needsFile(out));
  const under_way = state === "sending" || state === "paused";
  const remove = () => {
    outgoing.cancel(ref);
    if (files.length === 1) {
      onEmpty();
    }
  };
  return (
    <li data-testid="outgoing" data-state={state}>
      <Thumb {...out} />
      <span class="media-name">
        <b>
          <bdi>{name}</bdi>
        </b>
        <span class={state === "failed" ? "media-wrong" : ""} role="status">
          {stateWords(props, out)}
        </span>
        {under_way && <progress max={Math.max(1, bytes)} value={sent} aria-label={name} />}
        {out.placeless && state === "ready" && <Place props={props} out={out} />}
        {warning && (
          <span class="media-wrong">
            {t(warning === "runs" ? "runsWarning" : "liesWarning")}
          </span>
        )}
      </span>
      {state === "sending" && (
        <SignButton
          sign="pause" word={t("pause")} testid="outgoing-pause"
          onPress={() => outgoing.pause(ref)}
        />
      )}
      {state === "paused" && (
        <SignButton
          sign="play" word={t("resume")} testid="outgoing-resume"
          onPress={() => outgoing.resume(ref)}
        />
      )}
      {wants_file && (
        <SignButton
          sign="folder" word={t("pickSame")} testid="outgoing-pick"
          onPress={() => props.onPickAgain(out)}
        />
      )}
      {state === "failed" && !wants_file && (
        <SignButton
          sign="again" word={t("retry")} testid="outgoing-again"
          onPress={() => outgoing.again(ref)}
        />
      )}
      {state === "ready" && out.kind === ContentKind.IMAGE && (
        <SignButton
          sign="pen" word={t("editPicture")} testid="outgoing-edit"
          onPress={() => props.onEdit(out)}
        />
      )}
      <SignButton
        sign="cross" word={t("remove", { name })} testid="outgoing-remove" onPress={remove}
      />
    </li>
  );
}

export function Tray(props: TrayProps) {
  const { t, files, refused } = props;
  return (
    <>
      {refused && (
        <p class="composer-error" role="alert" data-testid="refused">
          {refused}
        </p>
      )}
      {files.length > 0 && (
        <ul class="media-tray" aria-label={t("tray")} data-testid="tray">
          {files.map((out) => (
            <Row key={out.ref} props={props} out={out} />
          ))}
        </ul>
      )}
    </>
  );
}
