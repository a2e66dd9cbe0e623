// A message that shows something: its room at once, and what draws it when that is here.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Item } from "./conversation.ts";
import type { Files } from "./files.ts";
import type { Shape } from "./media/shape.ts";
import { RichText } from "./text.tsx";

export type MediaProps = {
  readonly item: Item;
  readonly shape: Shape;
  readonly files: Files | undefined;
};

export function MediaView({ item, shape, files }: MediaProps) {
  const place = useRef<HTMLDivElement>(null);
  const parts = files?.parts.value;
  const { width, height, caption } = shape;
  useEffect(() => {
    if (!parts) {
      files?.bring();
    }
  }, [files]);
  useLayoutEffect(() => {
    if (place.current) {
      parts?.draw(place.current, item);
    }
  }, [parts, item]);
  useLayoutEffect(() => {
    const drawn = place.current;
    return () => (drawn ? parts?.undraw(drawn) : undefined);
  }, [parts]);
  const size = width ? { width: `${width}px`, aspectRatio: `${width} / ${height}` } : {};
  return (
    <>
      <div class={width ? "shown sized" : "shown"} style={size} ref={place} />
      {!parts && <span class={width ? "hidden-words" : ""}>{item.text}</span>}
      {caption && (
        <div class="words" dir="auto">
          <RichText text={caption} />
        </div>
      )}
    </>
  );
}
