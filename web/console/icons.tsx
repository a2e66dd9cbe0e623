// Signs of the workplace alone, in the line weight of web/ui/src/icons.tsx.
const paths = {
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
  gear:
    "M4 8h8m4 0h4M4 16h4m4 0h8M14 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z" +
    "M10 14a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  keyboard: "M3.5 6.5h17v11h-17zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  side: "M3.5 5h17v14h-17zM9 5v14",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c.8-4 3.6-5.5 7.5-5.5s6.7 1.5 7.5 5.5",
  page: "M6 3.5h8l4 4v13H6zM14 3.5v4h4",
  bag: "M5 8h14l1 12.5H4zM8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5",
  device: "M4 5h16v11H4zM9 20h6m-3-4v4",
  globe:
    "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17",
  outbox: "M4 14v5h16v-5M12 15V4m-4 4 4-4 4 4",
  pencil: "M5 19l1-4L16 5l3 3L9 18z",
  moon: "M19 14.5A8 8 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5z",
  card: "M3.5 6.5h17v11h-17zM7 10.5h6M7 14h3",
  grid: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
  tag: "M4 4h7l9 9-7 7-9-9zM8 8h.01",
  history: "M4 12a8 8 0 1 0 2.5-5.8M4 4.5V8h3.5M12 8v4l3 2",
};

export type SignName = keyof typeof paths;

export function Sign({ name }: { name: SignName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
