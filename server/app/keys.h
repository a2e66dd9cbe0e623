// The key files of a data directory: text, one "name: value" a line, a check over all before it in
// the last line, mode 0600. A file that was cut short or edited is refused with a sentence.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "shopbell/identity.h"

namespace shopbell::app {

// The shop's root: its public key is the shop's id. Needed to certify the desk, else offline.
struct RootKey {
  crypto::SignPair pair;
  ShopId shop() const { return ShopId::from(pair.key.view()); }
};

// The desk's device, and the key that seals its store.
struct DeskKey {
  DeviceKeys device;
  Key storage_key;
};

RootKey make_root_key();
DeskKey make_desk_key(std::uint64_t now_ms);
crypto::SignPair make_relay_key();

// The text of a key file.
std::string root_key_text(const RootKey& key);
std::string desk_key_text(const DeskKey& key);
std::string relay_key_text(const crypto::SignPair& key);
std::string desk_certificate_text(const ShopId& shop, BytesView certificate);

// Refusal "NAME is cut short or damaged; ..." and the like. `name` is for the sentence only.
RootKey parse_root_key(const std::string& text, const std::string& name);
DeskKey parse_desk_key(const std::string& text, const std::string& name);
crypto::SignPair parse_relay_key(const std::string& text, const std::string& name);

// The root's word for the desk's signing key, verified: its signature, its shop, its dates.
struct DeskCertificate {
  ShopId shop;
  SignKey desk_key;
  std::uint64_t not_after_ms = 0;
  Bytes bytes;
};
DeskCertificate parse_desk_certificate(const std::string& text, const std::string& name);

// All key files of a directory as one file, and back. The backup is as secret as the keys.
std::string backup_text(const std::map<std::string, std::string>& files);
std::map<std::string, std::string> parse_backup(const std::string& text, const std::string& name);

}  // namespace shopbell::app
