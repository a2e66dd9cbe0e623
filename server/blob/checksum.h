// The checksums of the tus protocol. They find what a line has changed by mistake, nothing more:
// blobs are sealed, and their reader checks them by a key.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "shopbell/bytes.h"

namespace shopbell::blob {

// In the order in which they are told to clients.
inline constexpr std::string_view checksum_names = "sha1,sha256";

struct Checksum {
  enum class Kind : std::uint8_t { sha1, sha256 };
  Kind kind = Kind::sha1;
  Bytes digest;
};

// "NAME BASE64", as Upload-Checksum has it; nothing where it cannot be used.
std::optional<Checksum> read_checksum(std::string_view text);

// Takes bytes in pieces of any size.
class Checksummer {
 public:
  virtual ~Checksummer() = default;
  virtual void add(BytesView bytes) = 0;
  // Once, at the end.
  virtual Bytes digest() = 0;
};
std::unique_ptr<Checksummer> make_checksummer(Checksum::Kind kind);

}  // namespace shopbell::blob
