#include "shopbell/bytes.h"

namespace shopbell {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The digit's value, or -1.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

}  // namespace

std::string to_hex(BytesView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (std::uint8_t byte : bytes) {
    out.push_back(hex_digits[byte >> 4]);
    out.push_back(hex_digits[byte & 15]);
  }
  return out;
}

bool from_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != out.size() * 2) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

std::string to_base64url(BytesView bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t pool = 0;
  unsigned bits = 0;
  for (std::uint8_t byte : bytes) {
    pool = (pool << 8 | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out.push_back(base64_digits[pool >> bits & 63]);
    }
  }
  if (bits > 0) out.push_back(base64_digits[pool << (6 - bits) & 63]);
  return out;
}

bool from_base64url(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != (out.size() * 4 + 2) / 3) return false;
  std::uint32_t pool = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (char c : text) {
    const int value = base64_value(c);
    if (value < 0) return false;
    pool = (pool << 6 | static_cast<std::uint32_t>(value)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = static_cast<std::uint8_t>(pool >> bits);
    }
  }
  // Left-over bits that are set would give one value two spellings.
  return at == out.size() && (pool & ((1u << bits) - 1)) == 0;
}

}  // namespace shopbell
