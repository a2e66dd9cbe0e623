/** Undefined for what is not exactly `size` bytes. */
export function fromHex(text: string, size: number): Uint8Array | undefined {
  if (text.length !== size * 2 || !/^[0-9a-f]*$/.test(text)) {
    return undefined;
  }
  return Uint8Array.from({ length: size }, (_, at) => parseInt(text.slice(at * 2, at * 2 + 2), 16));
}
