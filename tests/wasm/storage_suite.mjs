// The contract of a browser's store, over any factory. Runs in Node and, bundled, in a page, so it
// imports nothing: `check(holds, what)` is all it needs.

const bytes = (...values) => new Uint8Array(values);
const text = (string) => new TextEncoder().encode(string);
const put = (key, value) => ({ key: text(key), value: text(value) });
const drop = (key) => ({ key: text(key), value: null });
const all = { from: bytes(0), to: bytes(255), limit: 0, descending: false };
const shown = (records) =>
  records.map(({ key, value }) => `${String.fromCharCode(...key)}=${String.fromCharCode(...value)}`)
    .join(" ");

/** Each case: a name and a function of (open, check); `open()` gives an empty store. */
export const storage_cases = {
  async "an empty store has nothing"(open, check) {
    check((await (await open()).load(all)).length === 0, "nothing was found");
  },

  async "what was written is read in byte order"(open, check) {
    const store = await open();
    await store.write([put("kb", "2"), put("o", "4"), put("ka", "1"), put("kba", "3")]);
    check(shown(await store.load(all)) === "ka=1 kb=2 kba=3 o=4", "ascending");
    const down = await store.load({ ...all, descending: true });
    check(shown(down) === "o=4 kba=3 kb=2 ka=1", "descending");
  },

  async "bytes above 127 sort as unsigned"(open, check) {
    const store = await open();
    const keys = [bytes(200), bytes(100, 255), bytes(100), bytes(127), bytes(128)];
    await store.write(keys.map((key) => ({ key, value: bytes(1) })));
    const found = (await store.load(all)).map(({ key }) => key.join("."));
    check(found.join(" ") === "100 100.255 127 128 200", found.join(" "));
  },

  async "a range takes its start and leaves its end"(open, check) {
    const store = await open();
    await store.write([put("a", "1"), put("b", "2"), put("c", "3"), put("d", "4")]);
    const within = { from: text("b"), to: text("d"), limit: 0, descending: false };
    check(shown(await store.load(within)) === "b=2 c=3", "half open");
    check(shown(await store.load({ ...within, to: text("b") })) === "", "an empty range");
    check(shown(await store.load({ ...within, to: text("a") })) === "", "an inverted range");
  },

  async "a limit counts from the side that is read first"(open, check) {
    const store = await open();
    await store.write([put("a", "1"), put("b", "2"), put("c", "3"), put("d", "4")]);
    const load = async (limit, descending, to = "d") =>
      shown(await store.load({ from: text("a"), to: text(to), limit, descending }));
    check((await load(2, false)) === "a=1 b=2", "the first two");
    check((await load(2, true)) === "c=3 b=2", "the last two");
    check((await load(1, true)) === "c=3", "the last one");
    check((await load(3, true)) === "c=3 b=2 a=1", "exactly all");
    check((await load(9, true, "e")) === "d=4 c=3 b=2 a=1", "more than there are");
    check((await load(9, false, "e")) === "a=1 b=2 c=3 d=4", "more than there are, ascending");
  },

  async "changes of one batch hold in their order"(open, check) {
    const store = await open();
    await store.write([put("a", "1"), put("a", "2"), put("b", "1"), drop("b"), drop("c")]);
    check(shown(await store.load(all)) === "a=2", "put, put; put, delete");
    await store.write([drop("a"), put("a", "3")]);
    check(shown(await store.load(all)) === "a=3", "delete, put");
  },

  async "a load sees every write that was begun before it"(open, check) {
    const store = await open();
    const writes = [store.write([put("k1", "a")]), store.write([put("z1", "b")])];
    check(shown(await store.load(all)) === "k1=a z1=b", "both");
    await Promise.all(writes);
  },

  async "what was given may be used again by its owner"(open, check) {
    const store = await open();
    const key = text("a");
    const value = text("1");
    await store.write([{ key, value }]);
    key.fill(0x7a);
    value.fill(0);
    check(shown(await store.load(all)) === "a=1", "the store has copies");
  },

  async "a view into a larger buffer is stored alone"(open, check) {
    const store = await open();
    const whole = text("xxa1xx");
    await store.write([{ key: whole.subarray(2, 3), value: whole.subarray(3, 4) }]);
    const [record] = await store.load(all);
    check(shown([record]) === "a=1" && record.value.buffer.byteLength === 1, "no neighbours");
  },

  async "an empty value is a value"(open, check) {
    const store = await open();
    await store.write([{ key: text("a"), value: bytes() }]);
    const found = await store.load(all);
    check(found.length === 1 && found[0].value.length === 0, "kept");
  },
};
