// What a message shows: a picture, a film, a file to take along.
import { useEffect, useRef, useState } from "preact/hooks";
import { MediaError, type Playable } from "../../../engine/src/media_client.ts";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import type { Locale } from "../../i18n/index.ts";
import type { MediaKey, Tell } from "../../i18n/media/index.ts";
import { errorWords } from "./failures.ts";
import { lies, runs } from "./kinds.ts";
import { clockWords, safeName, sizeWords } from "./names.ts";
import { dataUrl } from "./shape.ts";
import { Sign, SignButton, type SignName } from "./signs.tsx";
import type { Fetched, Store, Told } from "./store.ts";
import { Voice } from "./voice_bubble.tsx";

/** Larger pictures come when they are pressed. */
const BY_ITSELF_MAX = 16_000_000;

export type BubbleProps = {
  readonly t: Tell;
  readonly locale: Locale;
  readonly told: Told;
  readonly store: Store;
  onOpen(): void;
};

type Fetching = {
  readonly fetched: Fetched | undefined;
  readonly error: number;
  readonly done: number;
  readonly busy: boolean;
  start(): Promise<Fetched | undefined>;
};

/** Of a file: nothing, on its way, here, or why not. */
function useFetched({ told, store }: BubbleProps): Fetching {
  const [fetched, set_fetched] = useState(store.known(told.blob));
  const [error, set_error] = useState(0);
  const [done, set_done] = useState(-1);
  const start = async () => {
    set_error(0);
    set_done(0);
    try {
      const found = await store.fetch(told.blob, (so_far) => set_done(so_far));
      set_fetched(found);
      return found;
    } catch (reason) {
      set_error(reason instanceof MediaError ? reason.code : -1);
      return undefined;
    } finally {
      set_done(-1);
    }
  };
  return { fetched, error, done: Math.max(0, done), busy: done >= 0, start };
}

/** Once it comes into view. */
function useSeen(act: () => void, on: boolean) {
  const box = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!on || !box.current) {
      return undefined;
    }
    const watch = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) {
        watch.disconnect();
        act();
      }
    });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [on]);
  return box;
}

function Wrong({ props, state }: { props: BubbleProps; state: Fetching }) {
  const { t } = props;
  return (
    <p class="media-wrong" role="alert">
      {errorWords(t, state.error, "errorLoad")}{" "}
      <button type="button" class="plain" onClick={() => void state.start()}>
        {t("retry")}
      </button>
    </p>
  );
}

export function Picture(props: BubbleProps) {
  const { t, told, onOpen } = props;
  const state = useFetched(props);
  const [broken, set_broken] = useState(false);
  const { fetched, error } = state;
  const by_itself = !fetched && told.blob.bytes <= BY_ITSELF_MAX;
  const box = useSeen(() => void state.start(), by_itself);
  const shown = fetched?.found.sort === "image" && !broken ? fetched.url : "";
  const press = () => (fetched || told.preview.length ? onOpen() : void state.start());
  return (
    <>
      <button
        ref={box} type="button" class="media-picture" data-testid="picture"
        aria-label={told.caption ? t("pictureOf", { text: told.caption }) : t("openPicture")}
        data-here={shown !== ""} onClick={press}
      >
        {told.preview.length > 0 && <img class="media-small" src={dataUrl(told.preview)} alt="" />}
        {shown && <img src={shown} alt="" onError={() => set_broken(true)} />}
        {!told.preview.length && !shown && <Sign name="picture" />}
      </button>
      {error !== 0 && <Wrong props={props} state={state} />}
      {fetched && !shown && <FileRow {...props} />}
    </>
  );
}

/** What a film may be called for the browser's player; anything else is tried as the usual one. */
const FILM_TYPES = ["video/mp4", "video/webm", "video/quicktime"];

export function Film(props: BubbleProps) {
  const { t, told, store } = props;
  const [playing, set_playing] = useState<Playable | undefined>(undefined);
  const [state, set_state] = useState<"" | "busy" | "broken">("");
  const [error, set_error] = useState("");
  useEffect(() => () => playing?.close(), [playing]);
  const start = async () => {
    set_state("busy");
    set_error("");
    try {
      const type = FILM_TYPES.find((each) => each === told.blob.type) ?? "video/mp4";
      set_playing(await store.play(told.blob, type));
      set_state("");
    } catch (reason) {
      set_state("");
      set_error(errorWords(t, reason instanceof MediaError ? reason.code : -1, "errorLoad"));
    }
  };
  const broken = () => {
    set_playing(undefined);
    set_state("broken");
  };
  if (playing) {
    return (
      <video
        class="media-film" controls autoplay playsInline src={playing.url} data-testid="playing"
        data-streams={playing.streams} onError={broken}
      />
    );
  }
  const length = told.durationMs ? clockWords(told.durationMs) : "";
  const words = state === "busy" ? t("starting") : length;
  const name = told.caption ? t("videoOf", { text: told.caption }) : t("play");
  return (
    <>
      <button
        type="button" class="media-picture" data-testid="film" aria-busy={state === "busy"}
        aria-label={[name, words].filter(Boolean).join(", ")}
        onClick={() => void start()}
      >
        {told.preview.length > 0 && <img src={dataUrl(told.preview)} alt="" />}
        <span class="media-play">
          <Sign name="play" />
          {words}
        </span>
      </button>
      {error && (
        <p class="media-wrong" role="alert">
          {error}
        </p>
      )}
      {state === "broken" && (
        <>
          <p class="media-wrong" role="alert">
            {t("notShown")}
          </p>
          <FileRow {...props} />
        </>
      )}
    </>
  );
}

/** Saves what is here under a name that hides nothing. */
export function save({ url }: Fetched, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

const SIGNS: readonly (readonly [RegExp, SignName])[] = [
  [/^image\//, "picture"],
  [/^video\//, "film"],
  [/^audio\//, "sound"],
  [/zip|compressed|rar|gzip/, "box"],
  [/^application\/pdf$/, "page"],
];

/** What it is, where its size alone would leave one guessing. */
const KINDS: Readonly<Record<string, MediaKey>> = {
  "application/pdf": "pdf",
  "image/heic": "heic",
  "image/heif": "heic",
};

/** A name without an end takes its own line; the end of a name is never cut off. */
export function FileRow(props: BubbleProps) {
  const { t, locale, told } = props;
  const state = useFetched(props);
  const { fetched, busy, done, error } = state;
  const name = safeName(told.blob.name, t("file"));
  const take = async () => {
    const found = fetched ?? (await state.start());
    if (found) {
      save(found, name);
    }
  };
  // Once its bytes are here they say what it is.
  const known = fetched?.found ?? { type: told.blob.type, sort: "other" as const };
  const warns = runs(name, known) ? "runsWarning" : fetched && lies(name, known) && "liesWarning";
  const type = known.sort === "other" && fetched ? "" : known.type;
  const sign = SIGNS.find(([pattern]) => pattern.test(type))?.[1] ?? "sheet";
  const all = sizeWords(locale, told.blob.bytes);
  const kind = KINDS[type];
  return (
    <>
      <div class="media-file" data-testid="file">
        <Sign name={sign} />
        <span class="media-name">
          <b>
            <bdi>{name}</bdi>
          </b>
          <span>
            {kind && `${t(kind)} \u00b7 `}
            {busy ? t("fetching", { done: sizeWords(locale, done), all }) : all}
          </span>
        </span>
        <SignButton
          sign="down" word={t(kind === "heic" ? "downloadOriginal" : "download", { name })}
          testid="download" onPress={() => void take()}
        />
      </div>
      {warns && (
        <p class="media-wrong" data-testid="file-warning">
          <Sign name="warning" />
          <span>{t(warns)}</span>
        </p>
      )}
      {error !== 0 && <Wrong props={props} state={state} />}
    </>
  );
}

export function Bubble(props: BubbleProps) {
  switch (props.told.kind) {
    case ContentKind.IMAGE:
      return <Picture {...props} />;
    case ContentKind.VOICE:
      return <Voice {...props} />;
    case ContentKind.VIDEO:
      return <Film {...props} />;
    default:
      return <FileRow {...props} />;
  }
}
