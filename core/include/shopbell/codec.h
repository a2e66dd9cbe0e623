// The strict codec: the protobuf wire format with exactly one encoding for each value. Field
// numbers ascend, varints are minimal, a field that holds its default is absent, elements of a
// repeated field stand together. Higher field numbers than known are passed over (a newer writer),
// lower ones and repeats are refused. One table-driven reader and writer serve all messages of
// wire.h.
//
// Decoded messages are views: bytes and text point into the input, which must outlive them.
#pragma once

#include "shopbell/bytes.h"
#include "shopbell/result.h"

namespace shopbell::codec {

enum class FieldType : std::uint8_t { u64, boolean, bytes, text, fixed };

// How the codec reaches the elements of a std::vector<T> whose T it does not know.
struct RepeatedOps {
  std::size_t (*size)(const void* vector);
  const void* (*at)(const void* vector, std::size_t index);
  void* (*append)(void* vector);
};

struct MessageTable;

// One field: where it lies in the struct and how it looks on the wire.
struct Field {
  std::uint32_t number;
  FieldType type;
  std::uint16_t fixed_size;
  std::size_t offset;
  const MessageTable* message;  // element type, for repeated messages
  const RepeatedOps* repeated;  // null for single fields
};

struct MessageTable {
  std::span<const Field> fields;
};

template <class T>
inline constexpr RepeatedOps repeated_ops{
    [](const void* v) { return static_cast<const std::vector<T>*>(v)->size(); },
    [](const void* v, std::size_t i) -> const void* {
      return &(*static_cast<const std::vector<T>*>(v))[i];
    },
    [](void* v) -> void* {
      auto& vector = *static_cast<std::vector<T>*>(v);
      vector.emplace_back();
      return &vector.back();
    }};

std::size_t size_of(const MessageTable& table, const void* message);
void write(const MessageTable& table, const void* message, Bytes& out);
// truncated, malformed or too_large (more than `repeated_max` elements).
Status read(const MessageTable& table, BytesView in, void* message);

void write_varint(std::uint64_t value, Bytes& out);
std::size_t varint_size(std::uint64_t value);
// Advances `in` past a minimal varint; false where there is none.
bool read_varint(BytesView& in, std::uint64_t& value);

template <class T>
std::size_t size_of(const T& message) {
  return size_of(T::table(), &message);
}

template <class T>
void encode_to(const T& message, Bytes& out) {
  write(T::table(), &message, out);
}

template <class T>
Bytes encode(const T& message) {
  Bytes out;
  out.reserve(size_of(message));
  encode_to(message, out);
  return out;
}

// Views in the result look into `in`.
template <class T>
Result<T> decode(BytesView in) {
  T message;
  if (Status status = read(T::table(), in, &message); !status) return status.error();
  return message;
}

// A message prefixed with its tag (field number `kind`, wire type 2) and length: the form of
// frames, commands and events.
template <class T>
void encode_framed(std::uint32_t kind, const T& message, Bytes& out) {
  write_varint((std::uint64_t{kind} << 3) | 2, out);
  write_varint(size_of(message), out);
  encode_to(message, out);
}

struct Framed {
  std::uint32_t kind;
  BytesView body;
};

// Takes the next framed message off `in`. truncated or malformed.
Result<Framed> next_framed(BytesView& in);

}  // namespace shopbell::codec
