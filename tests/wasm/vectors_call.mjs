// Calls into tests/wasm/vectors_driver.cpp. Runs in Node and in a page, so it imports nothing.

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function sized(parts) {
  const out = new Uint8Array(parts.reduce((size, part) => size + 4 + part.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

function* parts_of(bytes) {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; ) {
    const size = view.getUint32(at, true);
    yield bytes.subarray(at + 4, at + 4 + size);
    at += 4 + size;
  }
}

export const text = (words) => new TextEncoder().encode(words);

/** A function of a name and byte strings; gives the error's name and the results as hex. */
export async function open_driver(module) {
  const instance = await WebAssembly.instantiate(module, {
    env: { emscripten_notify_memory_growth: () => undefined },
    wasi_snapshot_preview1: {
      proc_exit: (code) => {
        throw new Error(`vectors.wasm exited with ${code}`);
      },
    },
  });
  const driver = instance.exports;
  driver._initialize();
  return (name, ...args) => {
    const given = sized([text(name), ...args]);
    const into = driver.vectors_alloc(given.length);
    new Uint8Array(driver.memory.buffer).set(given, into);
    const at = driver.vectors_call(into, given.length);
    const { buffer } = driver.memory;
    const size = new DataView(buffer).getUint32(at, true);
    const [error, ...out] = parts_of(new Uint8Array(buffer.slice(at + 4, at + 4 + size)));
    return { error: new TextDecoder().decode(error), out: out.map(hex) };
  };
}
