// The bar above the composer while it answers or changes another message.
import type { Translate } from "../i18n/index.ts";
import { textNow } from "./amend.ts";
import type { Conversation, Item } from "./conversation.ts";
import { Icon } from "./icons.tsx";
import type { Speaking } from "./speaking.ts";

type Props = {
  readonly t: Translate;
  readonly speaking: Speaking;
  readonly conversation: Conversation;
  readonly nameOf: (item: Item) => string;
};

export function AboutBar({ t, speaking, conversation, nameOf }: Props) {
  const about = speaking.about.value;
  if (!about) {
    return null;
  }
  const { kind, item } = about;
  const words = textNow(conversation.items, item);
  return (
    <div class="about-bar" data-testid="about-bar" data-kind={kind}>
      <p>
        <b>{kind === "edit" ? t("editing") : t("replyingTo", { name: nameOf(item) })}</b>
        <span dir="auto">{words}</span>
      </p>
      <button
        type="button"
        class="tool"
        aria-label={t("close")}
        title={t("close")}
        data-testid="about-cancel"
        onClick={() => speaking.cancel()}
      >
        <Icon name="cross" />
      </button>
    </div>
  );
}
