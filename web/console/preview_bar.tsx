// Above the composer: the preview that goes with the link in it.
import { Icon } from "../ui/src/icons.tsx";
import type { ConsoleApp } from "./app.ts";

export function PreviewBar({ app }: { app: ConsoleApp }) {
  const { t, previews } = app;
  const preview = previews.shown.value;
  if (!preview) {
    return null;
  }
  return (
    <div class="about-bar" data-testid="preview-bar">
      <p>
        <b dir="auto">{preview.title}</b>
        <span dir="auto">{preview.description || preview.site}</span>
      </p>
      <button
        type="button"
        class="tool"
        aria-label={t("dropPreview")}
        title={t("dropPreview")}
        data-testid="preview-drop"
        onClick={() => previews.drop()}
      >
        <Icon name="cross" />
      </button>
    </div>
  );
}
