import { useMemo } from "preact/hooks";
import { isEmojiOnly, piecesOf } from "./links.ts";

/** What a person wrote: line breaks stay, addresses are links, a few emoji alone are larger. */
export function RichText({ text }: { text: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  if (isEmojiOnly(text)) {
    return <span class="large-emoji">{text}</span>;
  }
  return (
    <>
      {pieces.map(({ text: shown, href }, index) => {
        if (!href) {
          return shown;
        }
        const outside = href.startsWith("http") ? { target: "_blank" } : {};
        return (
          <a key={index} href={href} dir="ltr" rel="noopener noreferrer nofollow" {...outside}>
            {shown}
          </a>
        );
      })}
    </>
  );
}
