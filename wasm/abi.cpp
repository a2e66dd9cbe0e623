// The core behind four C names, bytes in and bytes out, one crossing for each input.
//
// Buffers that go in come from sb_alloc and belong to the call that takes them: it wipes and frees
// them. The buffer that comes out belongs to the core and lives until the next call with the same
// handle. All integers are little-endian; a list of records is (u32 length, key, u32 length, value)
// repeated, with the length 0xffffffff and no value for a delete.
//
// Output: u32 size of what follows, then for each output (u8 kind, u32 length, payload):
//   0 connect, 1 disconnect: empty        2 transmit: the message
//   3 persist: u64 batch, records         4 load: u64 id, u64 limit, u8 descending, u32 length of
//   5 event: u32 kind, body                  `from`, from, to
//   6 timeout: u64 at_ms                  7 need entropy: u8 urgent
//
// A defect, in the core or in the host, is a trap: the instance is lost and the host begins again
// from the store.
#include <cstdlib>

#include "shopbell/engine.h"
#include "shopbell/limits.h"

namespace {

using namespace shopbell;

// As web/engine/src/host.ts counts them.
enum class InputKind : std::uint32_t {
  tick,
  connected,
  received,
  closed,
  persisted,
  persist_failed,
  loaded,
  entropy,
  command,
};

constexpr std::uint32_t absent = 0xffffffff;
constexpr std::size_t config_bytes_min = 1 + 32 + 32 + 8;

struct Hosted {
  explicit Hosted(EngineConfig config) : engine(std::move(config)) {}
  Engine engine;
  Bytes output;
};

// A buffer of the host: wiped and freed when left.
class Given {
 public:
  Given(std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  ~Given() {
    volatile std::uint8_t* bytes = data_;
    for (std::size_t i = 0; i < size_; ++i) bytes[i] = 0;
    std::free(data_);
  }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;
  BytesView view() const { return {data_, size_}; }

 private:
  std::uint8_t* data_;
  std::size_t size_;
};

void demand(bool holds) {
  if (!holds) __builtin_trap();
}

void put_number(Bytes& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_number_at(Bytes& out, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

void put_sized(Bytes& out, BytesView bytes) {
  put_number(out, bytes.size(), 4);
  append(out, bytes);
}

BytesView take(BytesView& in, std::size_t size) {
  demand(size <= in.size());
  BytesView out = in.first(size);
  in = in.subspan(size);
  return out;
}

BytesView take_sized(BytesView& in) {
  std::uint32_t size = 0;
  for (std::size_t i = 0; const std::uint8_t byte : take(in, 4)) {
    size |= std::uint32_t{byte} << (8 * i++);
  }
  return take(in, size);
}

std::vector<in::Record> records_of(BytesView bytes) {
  std::vector<in::Record> out;
  while (!bytes.empty()) {
    const BytesView key = take_sized(bytes);
    out.push_back(in::Record{key, take_sized(bytes)});
  }
  return out;
}

struct Writer {
  Bytes& out;

  void operator()(const out::Connect&) const {}
  void operator()(const out::Disconnect&) const {}
  void operator()(const out::Transmit& transmit) const { append(out, transmit.bytes); }
  void operator()(const out::Persist& persist) const {
    put_number(out, persist.batch, 8);
    for (const out::Put& put : persist.puts) {
      put_sized(out, put.key);
      put_sized(out, put.value);
    }
    for (const Bytes& key : persist.deletes) {
      put_sized(out, key);
      put_number(out, absent, 4);
    }
  }
  void operator()(const out::Load& load) const {
    put_number(out, load.id, 8);
    put_number(out, load.limit, 8);
    out.push_back(load.descending ? 1 : 0);
    put_sized(out, load.from);
    append(out, load.to);
  }
  void operator()(const out::Event& event) const {
    put_number(out, static_cast<std::uint32_t>(event.kind), 4);
    append(out, event.body);
  }
  void operator()(const out::Timeout& timeout) const { put_number(out, timeout.at_ms, 8); }
  void operator()(const out::NeedEntropy& need) const { out.push_back(need.urgent ? 1 : 0); }
};

void drain(Hosted& device) {
  Bytes& out = device.output;
  out.assign(4, 0);
  while (const Output* output = device.engine.poll()) {
    out.push_back(static_cast<std::uint8_t>(output->index()));
    const std::size_t start = out.size() + 4;
    put_number(out, 0, 4);
    std::visit(Writer{out}, *output);
    put_number_at(out, start - 4, out.size() - start);
  }
  put_number_at(out, 0, out.size() - 4);
}

void handle(Engine& engine, InputKind kind, std::uint64_t number, BytesView bytes) {
  switch (kind) {
    case InputKind::tick:
      return engine.handle(in::Tick{number});
    case InputKind::connected:
      return engine.handle(in::Connected{});
    case InputKind::received:
      return engine.handle(in::Received{bytes});
    case InputKind::closed:
      return engine.handle(in::Closed{static_cast<std::uint16_t>(number)});
    case InputKind::persisted:
      return engine.handle(in::Persisted{number});
    case InputKind::persist_failed:
      return engine.handle(in::PersistFailed{number});
    case InputKind::loaded: {
      const std::vector<in::Record> records = records_of(bytes);
      return engine.handle(in::Loaded{number, records});
    }
    case InputKind::entropy:
      return engine.handle(in::Entropy{bytes});
    case InputKind::command:
      return engine.handle(in::Command{static_cast<wire::CommandKind>(number), bytes});
  }
  __builtin_trap();
}

}  // namespace

extern "C" {

std::uint8_t* sb_alloc(std::uint32_t size) {
  auto* out = static_cast<std::uint8_t*>(std::malloc(size ? size : 1));
  demand(out != nullptr);
  return out;
}

// config: u8 role (no desk is built in), shop (32), storage key (32), term (8, little-endian), host
// as dialled.
Hosted* sb_new(std::uint8_t* config, std::uint32_t size) {
  const Given given(config, size);
  demand(size >= config_bytes_min);
  BytesView bytes = given.view();
  EngineConfig out;
  out.role = static_cast<Role>(take(bytes, 1)[0]);
  demand(out.role == Role::visitor || out.role == Role::agent);
  out.shop = ShopId::from(take(bytes, ShopId::size));
  out.storage_key = Key::from(take(bytes, 32));
  const BytesView term = take(bytes, 8);
  for (std::size_t i = term.size(); i-- > 0;) out.term = out.term << 8 | term[i];
  out.host = as_text(bytes);
  return new Hosted(std::move(out));
}

void sb_delete(Hosted* device) { delete device; }

// `number` is the input's time, close code, batch, load id or command kind.
const std::uint8_t* sb_input(Hosted* device, std::uint32_t kind, double number, std::uint8_t* bytes,
                             std::uint32_t size) {
  const Given given(bytes, size);
  handle(device->engine, static_cast<InputKind>(kind), static_cast<std::uint64_t>(number),
         given.view());
  drain(*device);
  return device->output.data();
}

}  // extern "C"
