// tests/vectors/*.json as C++ values. The files come from the second implementation (web/verify);
// their conventions stand in tests/vectors/README.md. A file without the expected names fails the
// test through the checks of Boost.JSON, which throw.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "fixtures.h"

namespace shopbell::testing {

namespace json = boost::json;

inline json::value load_vectors(const std::string& name) {
  const std::string path = SHOPBELL_SOURCE_DIR "/tests/vectors/" + name + ".json";
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_FALSE(text.empty()) << path;
  return json::parse(text);
}

inline std::string text_at(const json::value& at, json::string_view name) {
  return std::string(at.as_object().at(name).as_string());
}

inline Bytes bytes_from(const json::value& value) {
  const std::string text(value.as_string());
  Bytes out(text.size() / 2);
  EXPECT_TRUE(from_hex(text, out)) << text;
  return out;
}

inline Bytes bytes_at(const json::value& at, json::string_view name) {
  return bytes_from(at.as_object().at(name));
}

template <class F>
F fixed_at(const json::value& at, json::string_view name) {
  const Bytes bytes = bytes_at(at, name);
  EXPECT_EQ(bytes.size(), F::size) << name;
  return F::from(bytes);
}

inline Key key_at(const json::value& at, json::string_view name) {
  const Bytes bytes = bytes_at(at, name);
  EXPECT_EQ(bytes.size(), 32u) << name;
  return Key::from(bytes);
}

// Absent is 0; above 2^53-1 the files hold decimal strings.
inline std::uint64_t number_at(const json::value& at, json::string_view name) {
  const json::value* value = at.as_object().if_contains(name);
  if (!value) return 0;
  if (value->is_string()) return std::stoull(std::string(value->as_string()));
  return value->to_number<std::uint64_t>();
}

inline const json::array& list_at(const json::value& at, json::string_view name) {
  const json::array& list = at.as_object().at(name).as_array();
  EXPECT_FALSE(list.empty()) << name;
  return list;
}

inline std::string what_of(const json::value& at) {
  return text_at(at, at.as_object().contains("what") ? "what" : "name");
}

// "none" where the file says null.
inline std::string expected_error(const json::value& at) {
  const json::value& error = at.as_object().at("error");
  return error.is_null() ? "none" : std::string(error.as_string());
}

inline void expect_error(const json::value& at, Errc error) {
  EXPECT_EQ(std::string(name_of(error)), expected_error(at)) << what_of(at);
}

inline void expect_bytes(BytesView got, const json::value& at, json::string_view name) {
  EXPECT_EQ(to_hex(got), text_at(at, name)) << name;
}

inline DeviceKeys device_at(const json::value& device) {
  return device_from_seeds(key_at(device, "sign_seed"), key_at(device, "seal_secret"),
                           number_at(device, "created_ms"));
}

}  // namespace shopbell::testing
