// The signs of files, in the line weight of ../icons.tsx.
const paths = {
  cross: "M6 6l12 12M18 6 6 18",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.5v13l10.5-6.5z",
  again: "M19 5.5v4.5h-4.5M18.7 10a7 7 0 1 0 .3 4",
  down: "M12 4v11m-5-5 5 5 5-5M5 19.5h14",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  warning: "M12 9v4.5m0 3v.01M12 4 3 19.5h18z",
  sheet: "M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5h5",
  page: "M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5h5M9 12.5h6.5M9 16h6.5",
  film: "M4 5.5h16v13H4zM8 5.5v13M16 5.5v13M4 12h16",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.3 4.3 0 0 1 0 6",
  picture: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9v.01",
  folder: "M3.5 6h6l2 2.5h9v10h-17zM12 16v-4.5m-2.5 2L12 11l2.5 2.5",
  box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  grid: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
  pen: "M4.5 19.5l1-4L16 5l3 3L8.5 18.5z",
  crop: "M7 3v14h14M3 7h14v14",
  arrow: "M5 19 19 5M10 5h9v9",
  circle: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z",
  text: "M5 6h14M12 6v13M9.5 19h5",
  cover: "M4 4h16v16H4zM4 12l8-8M4 20 20 4M12 20l8-8",
  undo: "M8 5 3.5 9.5 8 14M3.5 9.5h10a5 5 0 0 1 0 10H9",
  send: "M5 12h13m-5.5-6 6 6-6 6",
  camera: "M4 7.5h3.5L9.5 5h5l2 2.5H20v11H4zM12 10a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
};

export type SignName = keyof typeof paths;

export function Sign({ name }: { name: SignName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

type ButtonProps = {
  readonly sign: SignName;
  readonly word: string;
  readonly testid: string;
  readonly kind?: string;
  onPress(): void;
};

/** A sign that is pressed; its word is read out and shown on hover. */
export function SignButton({ sign, word, testid, kind = "media-tool", onPress }: ButtonProps) {
  return (
    <button
      type="button" class={kind} aria-label={word} title={word} data-testid={testid}
      onClick={onPress}
    >
      <Sign name={sign} />
    </button>
  );
}
