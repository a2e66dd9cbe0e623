import { useMemo } from "preact/hooks";
import { piecesOf } from "./links.ts";

/** Behind a single slash that something follows. */
const BREAKS = /(?<=[^/]\/)(?=[^/])/;

/** What a person wrote: line breaks stay, addresses are links and break behind their slashes. */
export function RichText({ text }: { text: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  return (
    <>
      {pieces.map(({ text: shown, href }, index) => {
        if (!href) {
          return shown;
        }
        const outside = href.startsWith("http") ? { target: "_blank" } : {};
        return (
          <a key={index} href={href} dir="ltr" rel="noopener noreferrer nofollow" {...outside}>
            {shown.split(BREAKS).flatMap((part, at) => (at ? [<wbr key={at} />, part] : part))}
          </a>
        );
      })}
    </>
  );
}
