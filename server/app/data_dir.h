// A data directory: keys, configuration, databases. `init` makes it whole or not at all, and
// nothing starts on one that is half-written.
#pragma once

#include <filesystem>
#include <optional>

#include "app/config.h"
#include "app/keys.h"
#include "app/sealed.h"

namespace shopbell::app {

struct DataDir {
  std::filesystem::path path;
  // Opens key files that are sealed at rest; asked for only where one is.
  Passphrase passphrase = {};

  std::filesystem::path config() const { return path / "shopbell.toml"; }
  std::filesystem::path root_key() const { return path / "root.key"; }
  std::filesystem::path desk_key() const { return path / "desk.key"; }
  std::filesystem::path desk_certificate() const { return path / "desk.cert"; }
  std::filesystem::path relay_key() const { return path / "relay.key"; }
  std::filesystem::path relay_store() const { return path / "relay.db"; }
  // A folder: one file for each that people have sent.
  std::filesystem::path blobs() const { return path / "blobs"; }
  std::filesystem::path desk_store() const { return path / "desk.db"; }
  std::filesystem::path invitations() const { return path / "invitations.db"; }
  std::filesystem::path search() const { return path / "search.db"; }
  std::filesystem::path settings() const { return path / "settings.db"; }
  // When the keys were last saved, and when such a file was last checked.
  std::filesystem::path backup_mark() const { return path / "backup.mark"; }
};

// What a desk starts with; checked against each other.
struct DeskState {
  ShopId shop;
  DeskKey desk;
  DeskCertificate certificate;
};

// Makes keys, certificate and configuration; the configuration last, for its presence says that all
// is there. Refusal where something is there already.
void init_data_dir(const DataDir& dir, Parts parts, const Config& config, std::uint64_t now_ms);

// Refusal, saying what to do, where the directory is not there or was left half-written.
Config load_config(const DataDir& dir);
// Renews the certificate when it nears its end and the root key is there. Refusal where a file is
// missing, damaged, readable by others, or does not fit the others.
DeskState load_desk(const DataDir& dir, std::uint64_t now_ms);
crypto::SignPair load_relay_key(const DataDir& dir);

// The shop's id as far as the directory knows it: from its certificate.
std::optional<ShopId> shop_of(const DataDir& dir);

// Saves all key files as one, sealed where a passphrase is given, and leaves a mark that it was
// done. Refusal where `file` is there already, or would hold in the clear what is sealed here.
void backup_keys(const DataDir& dir, const std::filesystem::path& file,
                 const Passphrase* passphrase, std::uint64_t now_ms);
// When the keys were saved, and when such a file was checked; 0: never, or the mark cannot be read.
struct BackupState {
  std::uint64_t made_ms = 0;
  std::uint64_t verified_ms = 0;
  bool is_safe() const { return made_ms != 0 && verified_ms != 0; }
};
BackupState backup_state(const DataDir& dir);
// Refusal where the backup is damaged or is not of this directory's keys, or where there are none
// to compare it with. Else it leaves a mark that it was checked.
void verify_backup(const DataDir& dir, const std::filesystem::path& file,
                   const Passphrase& passphrase, std::uint64_t now_ms);
// Writes the key files that are missing, and then, where there is none, a shopbell.toml as init
// does; true if it did. Refusal where another key stands in the way.
bool restore_keys(const DataDir& dir, const std::filesystem::path& file,
                  const Passphrase& passphrase);

// Seals the secret key files where they lie, or opens them again; how many. What was done when a
// crash came between two of them stays done: the same command does the rest.
std::size_t seal_keys(const DataDir& dir);
std::size_t unseal_keys(const DataDir& dir);

// One process at a time uses a directory: held until the object goes. Refusal where another has it.
class DirLock {
 public:
  explicit DirLock(const DataDir& dir);
  DirLock(const DirLock&) = delete;
  DirLock& operator=(const DirLock&) = delete;
  ~DirLock();
  // Under which port the holder serves, for commands beside it.
  void note_port(std::uint16_t port) const;

 private:
  int fd_;
};

// What was noted there last; the server may be gone. 0: nothing.
std::uint16_t noted_port(const DataDir& dir);

}  // namespace shopbell::app
