#include "shopbell/codec.h"

#include "shopbell/limits.h"

namespace shopbell::codec {
namespace {

constexpr std::uint32_t wire_varint = 0;
constexpr std::uint32_t wire_bytes = 2;
constexpr std::uint64_t field_number_max = (1u << 29) - 1;

const void* at_offset(const void* message, std::size_t offset) {
  return static_cast<const std::uint8_t*>(message) + offset;
}

void* at_offset(void* message, std::size_t offset) {
  return static_cast<std::uint8_t*>(message) + offset;
}

std::uint32_t wire_type_of(const Field& field) {
  const bool number = field.type == FieldType::u64 || field.type == FieldType::boolean;
  return number ? wire_varint : wire_bytes;
}

std::uint64_t tag_of(const Field& field) {
  return std::uint64_t{field.number} << 3 | wire_type_of(field);
}

std::uint64_t number_at(const Field& field, const void* value) {
  if (field.type == FieldType::boolean) return *static_cast<const bool*>(value) ? 1 : 0;
  return *static_cast<const std::uint64_t*>(value);
}

// The bytes of a text, bytes or fixed value.
BytesView view_at(const Field& field, const void* value) {
  switch (field.type) {
    case FieldType::fixed:
      return {static_cast<const std::uint8_t*>(value), field.fixed_size};
    case FieldType::text:
      return as_bytes(*static_cast<const std::string_view*>(value));
    default:
      return *static_cast<const BytesView*>(value);
  }
}

bool all_zero(BytesView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

bool is_default(const Field& field, const void* value) {
  if (wire_type_of(field) == wire_varint) return number_at(field, value) == 0;
  const BytesView view = view_at(field, value);
  return field.type == FieldType::fixed ? all_zero(view) : view.empty();
}

std::size_t element_size(const Field& field, const void* value) {
  const std::size_t tag = varint_size(tag_of(field));
  if (wire_type_of(field) == wire_varint) return tag + varint_size(number_at(field, value));
  const std::size_t size =
      field.message ? size_of(*field.message, value) : view_at(field, value).size();
  return tag + varint_size(size) + size;
}

void write_element(const Field& field, const void* value, Bytes& out) {
  write_varint(tag_of(field), out);
  if (wire_type_of(field) == wire_varint) {
    write_varint(number_at(field, value), out);
  } else if (field.message) {
    write_varint(size_of(*field.message, value), out);
    write(*field.message, value, out);
  } else {
    const BytesView view = view_at(field, value);
    write_varint(view.size(), out);
    append(out, view);
  }
}

Status take_varint(BytesView& in, std::uint64_t& value) {
  value = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    if (i == in.size()) return Errc::truncated;
    const std::uint8_t byte = in[i];
    // The tenth group has room for one bit only.
    if (i == 9 && byte > 1) return Errc::malformed;
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) {
      if (byte == 0 && i > 0) return Errc::malformed;
      in = in.subspan(i + 1);
      return {};
    }
  }
  return Errc::malformed;
}

Status take_delimited(BytesView& in, BytesView& value) {
  std::uint64_t length = 0;
  if (Status status = take_varint(in, length); !status) return status;
  if (length > in.size()) return Errc::truncated;
  value = in.first(static_cast<std::size_t>(length));
  in = in.subspan(static_cast<std::size_t>(length));
  return {};
}

// One value of a known field into `target`. Defaults are refused unless it is a repeated element.
Status read_value(const Field& field, BytesView& in, void* target) {
  if (wire_type_of(field) == wire_varint) {
    std::uint64_t value = 0;
    if (Status status = take_varint(in, value); !status) return status;
    if (field.type == FieldType::boolean) {
      if (value > 1) return Errc::malformed;
      *static_cast<bool*>(target) = value == 1;
    } else {
      *static_cast<std::uint64_t*>(target) = value;
    }
  } else {
    BytesView view;
    if (Status status = take_delimited(in, view); !status) return status;
    if (field.message) return read(*field.message, view, target);
    if (field.type == FieldType::fixed) {
      if (view.size() != field.fixed_size) return Errc::malformed;
      std::copy_n(view.begin(), view.size(), static_cast<std::uint8_t*>(target));
    } else if (field.type == FieldType::text) {
      *static_cast<std::string_view*>(target) = as_text(view);
    } else {
      *static_cast<BytesView*>(target) = view;
    }
  }
  if (!field.repeated && is_default(field, target)) return Errc::malformed;
  return {};
}

Status skip_value(std::uint64_t wire_type, BytesView& in) {
  if (wire_type == wire_varint) {
    std::uint64_t value = 0;
    return take_varint(in, value);
  }
  BytesView value;
  return take_delimited(in, value);
}

const Field* find_field(const MessageTable& table, std::uint64_t number) {
  for (const Field& field : table.fields) {
    if (field.number == number) return &field;
  }
  return nullptr;
}

Status read_field(const Field& field, BytesView& in, void* message) {
  void* target = at_offset(message, field.offset);
  if (field.repeated) {
    if (field.repeated->size(target) == limits::repeated_max) return Errc::too_large;
    target = field.repeated->append(target);
  }
  return read_value(field, in, target);
}

}  // namespace

void write_varint(std::uint64_t value, Bytes& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  while (value >>= 7) ++size;
  return size;
}

bool read_varint(BytesView& in, std::uint64_t& value) { return take_varint(in, value).ok(); }

std::size_t size_of(const MessageTable& table, const void* message) {
  std::size_t size = 0;
  for (const Field& field : table.fields) {
    const void* value = at_offset(message, field.offset);
    if (field.repeated) {
      const std::size_t count = field.repeated->size(value);
      for (std::size_t i = 0; i < count; ++i) {
        size += element_size(field, field.repeated->at(value, i));
      }
    } else if (!is_default(field, value)) {
      size += element_size(field, value);
    }
  }
  return size;
}

void write(const MessageTable& table, const void* message, Bytes& out) {
  for (const Field& field : table.fields) {
    const void* value = at_offset(message, field.offset);
    if (field.repeated) {
      const std::size_t count = field.repeated->size(value);
      for (std::size_t i = 0; i < count; ++i) {
        write_element(field, field.repeated->at(value, i), out);
      }
    } else if (!is_default(field, value)) {
      write_element(field, value, out);
    }
  }
}

Status read(const MessageTable& table, BytesView in, void* message) {
  const std::uint64_t highest = table.fields.empty() ? 0 : table.fields.back().number;
  std::uint64_t last = 0;
  while (!in.empty()) {
    std::uint64_t tag = 0;
    if (Status status = take_varint(in, tag); !status) return status;
    const std::uint64_t number = tag >> 3;
    const std::uint64_t wire_type = tag & 7;
    if (number == 0 || number > field_number_max || number < last) return Errc::malformed;
    if (wire_type != wire_varint && wire_type != wire_bytes) return Errc::malformed;
    Status status;
    if (number > highest) {
      status = skip_value(wire_type, in);
    } else {
      const Field* field = find_field(table, number);
      if (!field || wire_type_of(*field) != wire_type) return Errc::malformed;
      if (number == last && !field->repeated) return Errc::malformed;
      status = read_field(*field, in, message);
    }
    if (!status) return status;
    last = number;
  }
  return {};
}

Result<Framed> next_framed(BytesView& in) {
  std::uint64_t tag = 0;
  BytesView rest = in;
  if (Status status = take_varint(rest, tag); !status) return status.error();
  const std::uint64_t number = tag >> 3;
  if ((tag & 7) != wire_bytes || number == 0 || number > field_number_max) return Errc::malformed;
  Framed framed{static_cast<std::uint32_t>(number), {}};
  if (Status status = take_delimited(rest, framed.body); !status) return status.error();
  in = rest;
  return framed;
}

}  // namespace shopbell::codec
