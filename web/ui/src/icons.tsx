// Drawn in one line weight; the words stand beside them or in an aria-label.
const paths = {
  bell: "M3.5 18.5h17M5 15.5a7 7 0 0 1 14 0zM12 8.5V6m-2 0h4",
  send: "M5 12h13m-5.5-6 6 6-6 6",
  cross: "M6 6l12 12M18 6 6 18",
  chevron: "M5 9l7 7 7-7",
  back: "M15 5l-7 7 7 7",
  lock: "M6 11h12v8.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  clock: "M12 7.5V12l3 2M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
  tick: "M5 12.5l4.5 4.5L19 7",
  ticks: "M2 12.5l4.5 4.5L15.5 7.5M11.5 16l1 1L22 7.5",
  read:
    "M12 3.2a8.8 8.8 0 1 0 0 17.6 8.8 8.8 0 0 0 0-17.6zm-1.3 12.7L7 12.2l1.3-1.3 2.4 2.4 " +
    "5-5 1.3 1.3z",
  seal: "M12 3.5l7 2.5v5.5c0 4.3-2.9 7.3-7 9-4.1-1.7-7-4.7-7-9V6zM9 11.8l2.2 2.2 4-4.2",
  smile:
    "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14.2a4.2 4.2 0 0 0 7 0M9 9.5v.01" +
    "M15 9.5v.01",
  clip:
    "M19 11.5l-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.6-7.6a3 3 0 0 1 4.3 4.3l-7.5 7.5a1.5 1.5 0 0 1-2.1" +
    "-2.1l6.6-6.6",
  voice: "M12 4a3 3 0 0 0-3 3v4.5a3 3 0 0 0 6 0V7a3 3 0 0 0-3-3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21",
  down: "M12 5v14m-6-6 6 6 6-6",
  again: "M19 5.5v4.5h-4.5M18.7 10a7 7 0 1 0 .3 4",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.3 4.3 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  mute: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5m0-5-5 5",
  warning: "M12 9v4.5m0 3v.01M12 4 3 19.5h18z",
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
