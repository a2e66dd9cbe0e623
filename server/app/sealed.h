// Texts under a passphrase: Argon2id makes the key, XChaCha20-Poly1305 seals (docs/STORE_FORMAT.md,
// section "Key files").
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "shopbell/crypto.h"

namespace shopbell::app {

// Where a passphrase comes from, asked for at most once; the keys it gave are remembered by salt,
// for each costs most of a second. Copies share what was asked.
class Passphrase {
 public:
  // Asks on the terminal, without echo. Refusal where there is none, saying what to do.
  Passphrase();
  // The first line of a file that only its owner can read. Refusal where it is not.
  static Passphrase from_file(const std::string& path);

  // The words; `twice` asks for them again, for what is sealed with a slip is lost.
  const std::string& words(bool twice = false) const;
  // One for all that is sealed in a run, so that opening it again costs one derivation.
  BytesView salt() const;
  const Key& key(BytesView salt, std::uint64_t ops, std::uint64_t memory_bytes) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

bool is_sealed(std::string_view text);
std::string seal_text(std::string_view text, const Passphrase& passphrase);
// Refusal where the words do not fit or the text was changed. `name` is for the sentence only.
std::string open_sealed(const std::string& text, const std::string& name,
                        const Passphrase& passphrase);

}  // namespace shopbell::app
