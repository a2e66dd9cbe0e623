// Plays noted inputs into a fresh core. Runs in Node and, imported by a page, in a browser, so it
// imports nothing.

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const from_hex = (text) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** One output as text, every byte in it. */
export const line_of = (output) =>
  JSON.stringify(output, (_key, value) => (value instanceof Uint8Array ? hex(value) : value));

/** An input as it may travel into a page, and back. */
export const packed = ({ kind, number, bytes }) => ({ kind, number, bytes: hex(bytes) });
const unpacked = ({ kind, number, bytes }) => ({ kind, number, bytes: from_hex(bytes) });

export const packed_config = ({ role, shop, storageKey, host }) =>
  ({ role, host, shop: hex(shop), storageKey: hex(storageKey) });

/** The lines of what a fresh device answers to each of these packed inputs. */
export async function replay(CoreHost, module, { role, host, shop, storageKey }, inputs) {
  const config = { role, host, shop: from_hex(shop), storageKey: from_hex(storageKey) };
  const core = await CoreHost.create(module, config);
  const lines = inputs.map(unpacked).map(({ kind, number, bytes }) =>
    core.input(kind, number, bytes).map(line_of));
  core.end();
  return lines;
}
