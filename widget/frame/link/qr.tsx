// The link as a picture that a phone's camera reads, drawn here: no address leaves the device.
import { encode } from "uqr";

/** Light modules around it, as readers want them. */
const QUIET = 4;

/** One path: a line for each run of dark modules. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  let path = "";
  rows.forEach((row, y) => {
    let from = -1;
    [...row, false].forEach((dark, x) => {
      if (dark && from < 0) {
        from = x;
      } else if (!dark && from >= 0) {
        path += `M${from} ${y}h${x - from}v1h${from - x}z`;
        from = -1;
      }
    });
  });
  return path;
}

export function Qr({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: "L", border: QUIET });
  return (
    <svg
      class="link-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}
      shape-rendering="crispEdges" data-testid="link-qr"
    >
      <path class="link-qr-paper" d={`M0 0h${size}v${size}h-${size}z`} />
      <path class="link-qr-ink" d={pathOf(data)} />
    </svg>
  );
}
