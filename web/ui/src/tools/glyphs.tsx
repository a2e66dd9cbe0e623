// The signs of the menu of a message, in the line weight of ../icons.tsx.
const paths = {
  smile:
    "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14.2a4.2 4.2 0 0 0 7 0M9 9.5v.01" +
    "M15 9.5v.01",
  reply: "M9.5 6 4 11.5 9.5 17M4 11.5h9.5a6.5 6.5 0 0 1 6.5 6.5v1",
  back: "M15 5l-7 7 7 7",
  dots: "M5.5 12v.01M12 12v.01M18.5 12v.01",
  pen: "M4.5 19.5l1-4L16 5l3 3L8.5 18.5z",
  undo: "M8 5 3.5 9.5 8 14M3.5 9.5h10a5 5 0 0 1 0 10H9",
  copy: "M9 9h10.5v10.5H9zM5.5 15h-1V4.5H15v1",
  clock: "M12 7.5V12l3 2M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
};

export type GlyphName = keyof typeof paths;

export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
