// The widget as customers will see it, drawn with the colours that it computes itself.
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../ui/src/icons.tsx";
import { applyTheme, type Mode } from "../../ui/src/theme.ts";
import type { Say } from "./i18n/index.ts";

export function Preview(props: {
  say: Say;
  mode: Mode;
  accent: string;
  left: boolean;
  shop: string;
}) {
  const { say, mode, accent, left, shop } = props;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (root.current) {
      applyTheme(root.current, { theme: mode, accent });
    }
  }, [mode, accent]);
  const name = say(mode === "light" ? "previewLight" : "previewDark");
  return (
    <figure class="preview">
      <div
        ref={root}
        class={`preview-page${left ? " at-left" : ""}`}
        role="img"
        aria-label={say("previewOf", { mode: name })}
        data-testid={`preview-${mode}`}
      >
        <div class="preview-panel">
          <div class="preview-head">
            <span class="preview-mark">
              <Icon name="bell" />
            </span>
            <strong>{shop}</strong>
          </div>
          <div class="preview-talk">
            <p class="preview-mine">{say("sampleQuestion")}</p>
            <p class="preview-theirs">{say("sampleAnswer")}</p>
          </div>
          <div class="preview-composer">
            <span>{say("sampleHint")}</span>
            <Icon name="send" />
          </div>
        </div>
        <span class="preview-bubble">
          <Icon name="bell" />
        </span>
      </div>
      <figcaption>{name}</figcaption>
    </figure>
  );
}
