// A face: the person's small picture, else what his name begins with, on a tint of its own.
import { useMemo } from "preact/hooks";

const HUES = 12;

/** One sign: of a Chinese name its last character, which is the given name's; else its first. */
export function initialOf(name: string): string {
  const signs = [...name.trim()];
  const last = signs.at(-1) ?? "";
  return /\p{Script=Han}/u.test(last) ? last : (signs[0] ?? "").toLocaleUpperCase();
}

/** The same name has the same tint everywhere, in degrees. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const sign of name) {
    sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 65_521;
  }
  return ((sum % HUES) * 360) / HUES;
}

const KINDS: readonly [string, readonly number[]][] = [
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/webp", [0x52, 0x49, 0x46, 0x46]],
];

/** Nothing where the bytes are not of a kind that may be shown. */
export function pictureUrl(bytes: Uint8Array): string | undefined {
  const kind = KINDS.find(([, magic]) => magic.every((byte, at) => bytes[at] === byte))?.[0];
  return kind && `data:${kind};base64,${btoa(String.fromCharCode(...bytes))}`;
}

export type AvatarProps = {
  readonly name: string;
  /** What the tint comes from where the name is one that many have. */
  readonly tint?: string;
  readonly picture?: Uint8Array | undefined;
  /** Side in pixels. */
  readonly size?: number;
};

/** Says nothing to a screen reader: the name stands beside it. */
export function Avatar({ name, tint = name, picture, size = 28 }: AvatarProps) {
  const url = useMemo(() => picture && pictureUrl(picture), [picture]);
  const style = { "--side": `${size}px`, "--hue": hueOf(tint) };
  return (
    <span class="avatar" style={style} aria-hidden="true">
      {url ? <img src={url} alt="" width={size} height={size} /> : initialOf(name)}
    </span>
  );
}
