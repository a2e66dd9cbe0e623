// Marks that only the frame draws, in the weight of all others.
const paths = {
  more: "M6 12h.01M12 12h.01M18 12h.01",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
  shown: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9v.01",
  link: "M8 4.5h8v15H8zM11 16.500h2",
  pen: "M4.500 19.500l1-4L16 5l3 3L8.500 18.500zM14 7l3 3",
};

export function Mark({ name }: { name: keyof typeof paths }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
