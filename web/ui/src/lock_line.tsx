import { Icon } from "./icons.tsx";

/** Who can read along, said once above all; a press says what that means. */
export function LockLine({ lock, lockMore }: { lock: string; lockMore: string }) {
  return (
    <details class="lock-line">
      <summary>
        <Icon name="lock" />
        {lock}
      </summary>
      <p>{lockMore}</p>
    </details>
  );
}
