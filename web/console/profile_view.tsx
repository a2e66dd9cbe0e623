import { useRef, useState } from "preact/hooks";
import { Avatar } from "../ui/src/avatar.tsx";
import type { ConsoleApp } from "./app.ts";
import { NAME_MAX } from "./join_view.tsx";
import { faceOf } from "./picture.ts";

type PictureProps = {
  readonly app: ConsoleApp;
  readonly name: string;
  readonly picture: Uint8Array;
  onChange(picture: Uint8Array): void;
};

function Picture({ app, name, picture, onChange }: PictureProps) {
  const { t } = app;
  const file = useRef<HTMLInputElement>(null);
  const [failed, set_failed] = useState(false);
  const take = async (chosen: File | undefined) => {
    const face = chosen && (await faceOf(chosen));
    set_failed(chosen !== undefined && !face);
    if (face) {
      onChange(face);
    }
  };
  return (
    <div class="picture">
      <Avatar name={name} picture={picture} size={56} />
      <input
        ref={file}
        type="file"
        accept="image/*"
        hidden
        data-testid="picture-file"
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
      <button type="button" class="secondary" onClick={() => file.current?.click()}>
        {t("choosePicture")}
      </button>
      {picture.length > 0 && (
        <button type="button" class="plain" onClick={() => onChange(new Uint8Array())}>
          {t("removePicture")}
        </button>
      )}
      {failed && (
        <p class="field-error" role="alert">
          {t("pictureFailed")}
        </p>
      )}
    </div>
  );
}

/** Name and picture as customers see them. */
export function Profile({ app }: { app: ConsoleApp }) {
  const { t } = app;
  const [name, set_name] = useState(app.about.value.name);
  const [picture, set_picture] = useState(app.about.value.picture);
  const [saved, set_saved] = useState(false);
  const change = (set: () => void) => {
    set();
    set_saved(false);
  };
  const save = (event: Event) => {
    event.preventDefault();
    if (name.trim()) {
      app.setAbout({ name: name.trim(), picture });
      set_saved(true);
    }
  };
  return (
    <form class="setting profile" onSubmit={save}>
      <h3>{t("profile")}</h3>
      <Picture
        app={app}
        name={name}
        picture={picture}
        onChange={(next) => change(() => set_picture(next))}
      />
      <label class="choice">
        {t("profileName")}
        <input
          class="field"
          type="text"
          autocomplete="name"
          maxLength={NAME_MAX}
          value={name}
          aria-describedby="profile-hint"
          data-testid="profile-name"
          onInput={(event) => {
            const { value } = event.currentTarget;
            change(() => set_name(value));
          }}
        />
      </label>
      <div class="save">
        <small id="profile-hint">{t("profileNameHint")}</small>
        <span role="status">{saved ? t("saved") : ""}</span>
        <button
          type="submit"
          class="secondary"
          disabled={!name.trim()}
          data-testid="profile-save"
        >
          {t("save")}
        </button>
      </div>
    </form>
  );
}
