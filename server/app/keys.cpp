#include "app/keys.h"

#include <fmt/format.h>

#include "app/entropy.h"
#include "app/refusal.h"

namespace shopbell::app {
namespace {

constexpr std::string_view check_label = "shopbell key file v1";

using Fields = std::map<std::string, std::string>;

std::string check_of(std::string_view text) {
  return to_hex(crypto::hash(check_label, {as_bytes(text)}).view().first(16));
}

std::string file_text(std::string_view kind,
                      std::initializer_list<std::pair<std::string_view, std::string>> fields) {
  auto out = fmt::format("shopbell {} v1\n", kind);
  for (const auto& [name, value] : fields) out += fmt::format("{}: {}\n", name, value);
  return out + fmt::format("check: {}\n", check_of(out));
}

// The lines between head and check; Refusal where one of the two does not fit.
std::string_view checked_lines(std::string_view text, std::string_view kind,
                               const std::string& name) {
  const auto head = fmt::format("shopbell {} v1\n", kind);
  const auto check = text.rfind("check: ");
  if (!text.starts_with("shopbell ") || check == std::string_view::npos ||
      text.substr(check) != fmt::format("check: {}\n", check_of(text.substr(0, check)))) {
    throw Refusal(fmt::format(
        "{} is cut short or was changed; restore it from a backup (shopbell keys restore)", name));
  }
  if (!text.starts_with(head)) {
    throw Refusal(fmt::format("{} is not a {} that this version reads", name, kind));
  }
  return text.substr(head.size(), check - head.size());
}

Fields fields_of(std::string_view text, std::string_view kind, const std::string& name) {
  Fields out;
  auto lines = checked_lines(text, kind, name);
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos) {
      out.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
  }
  return out;
}

[[noreturn]] void field_bad(const std::string& name, std::string_view field) {
  throw Refusal(fmt::format("{}: the line \"{}\" is missing or no key", name, field));
}

template <class T>
T fixed_of(const Fields& fields, const std::string& field, const std::string& name) {
  T out;
  const auto found = fields.find(field);
  if (found == fields.end() || !from_base64url(found->second, out.data)) field_bad(name, field);
  return out;
}

Key key_of(const Fields& fields, const std::string& field, const std::string& name) {
  Key out;
  const auto found = fields.find(field);
  if (found == fields.end() || !from_base64url(found->second, out.writable())) {
    field_bad(name, field);
  }
  return out;
}

std::uint64_t number_of(const Fields& fields, const std::string& field, const std::string& name) {
  const auto found = fields.find(field);
  if (found == fields.end() || found->second.empty() || found->second.size() > 15 ||
      found->second.find_first_not_of("0123456789") != std::string::npos) {
    field_bad(name, field);
  }
  return std::stoull(found->second);
}

std::string text_of(const Key& key) { return to_base64url(key.reveal()); }

}  // namespace

RootKey make_root_key() { return {crypto::sign_pair(random_key())}; }

DeskKey make_desk_key(std::uint64_t now_ms) {
  return {device_from_seeds(random_key(), random_key(), now_ms), random_key()};
}

crypto::SignPair make_relay_key() { return crypto::sign_pair(random_key()); }

std::string root_key_text(const RootKey& key) {
  return file_text("root key",
                   {{"shop", to_base64url(key.pair.key.view())}, {"seed", text_of(key.pair.seed)}});
}

std::string desk_key_text(const DeskKey& key) {
  return file_text("desk key", {{"created_ms", fmt::to_string(key.device.self.created_ms)},
                                {"sign_seed", text_of(key.device.sign.seed)},
                                {"seal_secret", text_of(key.device.seal.secret)},
                                {"storage_key", text_of(key.storage_key)}});
}

std::string relay_key_text(const crypto::SignPair& key) {
  return file_text("relay key",
                   {{"key", to_base64url(key.key.view())}, {"seed", text_of(key.seed)}});
}

std::string desk_certificate_text(const ShopId& shop, BytesView certificate) {
  return file_text("desk certificate",
                   {{"shop", to_base64url(shop.view())}, {"certificate", to_hex(certificate)}});
}

RootKey parse_root_key(const std::string& text, const std::string& name) {
  const auto fields = fields_of(text, "root key", name);
  RootKey key{crypto::sign_pair(key_of(fields, "seed", name))};
  if (fixed_of<ShopId>(fields, "shop", name) != key.shop()) field_bad(name, "shop");
  return key;
}

DeskKey parse_desk_key(const std::string& text, const std::string& name) {
  const auto fields = fields_of(text, "desk key", name);
  return {device_from_seeds(key_of(fields, "sign_seed", name), key_of(fields, "seal_secret", name),
                            number_of(fields, "created_ms", name)),
          key_of(fields, "storage_key", name)};
}

crypto::SignPair parse_relay_key(const std::string& text, const std::string& name) {
  const auto fields = fields_of(text, "relay key", name);
  auto pair = crypto::sign_pair(key_of(fields, "seed", name));
  if (fixed_of<SignKey>(fields, "key", name) != pair.key) field_bad(name, "key");
  return pair;
}

DeskCertificate parse_desk_certificate(const std::string& text, const std::string& name) {
  const auto fields = fields_of(text, "desk certificate", name);
  const auto shop = fixed_of<ShopId>(fields, "shop", name);
  const auto found = fields.find("certificate");
  Bytes bytes(found == fields.end() ? 0 : found->second.size() / 2);
  if (bytes.empty() || !from_hex(found->second, bytes)) field_bad(name, "certificate");
  const auto body = open_object(SignKey::from(shop.view()), "shopbell desk certificate v1", bytes);
  if (!body) field_bad(name, "certificate");
  const auto certificate = codec::decode<wire::DeskCertificate>(*body);
  if (!certificate || certificate->shop != shop) field_bad(name, "certificate");
  return {shop, certificate->desk_key, certificate->not_after_ms, bytes};
}

std::string backup_text(const std::map<std::string, std::string>& files) {
  auto out = fmt::format("shopbell key backup v1\n");
  for (const auto& [name, text] : files) {
    out += fmt::format("{}: {}\n", name, to_hex(as_bytes(text)));
  }
  return out + fmt::format("check: {}\n", check_of(out));
}

std::map<std::string, std::string> parse_backup(const std::string& text, const std::string& name) {
  std::map<std::string, std::string> files;
  for (const auto& [file, hex] : fields_of(text, "key backup", name)) {
    Bytes bytes(hex.size() / 2);
    if (file.find('/') != std::string::npos || !from_hex(hex, bytes)) field_bad(name, file);
    files.emplace(file, std::string(as_text(bytes)));
  }
  return files;
}

}  // namespace shopbell::app
