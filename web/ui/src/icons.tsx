// Drawn in one line weight; the words stand beside them or in an aria-label.
const paths = {
  bell: "M3.5 18.5h17M5 15.5a7 7 0 0 1 14 0zM12 8.5V6m-2 0h4",
  send: "M5 12h13m-5.5-6 6 6-6 6",
  cross: "M6 6l12 12M18 6 6 18",
  chevron: "M5 9l7 7 7-7",
  back: "M15 5l-7 7 7 7",
  lock: "M6 11h12v8.500H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  clock: "M12 7.500V12l3 2M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
  tick: "M5 12.500l4.5 4.500L19 7",
  ticks: "M2 12.500l4.5 4.500L15.5 7.500M11.5 16l1 1L22 7.5",
  warning: "M12 9v4.500m0 3v.01M12 4 3 19.500h18z",
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
