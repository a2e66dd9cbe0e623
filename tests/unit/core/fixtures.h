// A small shop for the core's tests: root, desk, agent, two customers, all from fixed seeds.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "shopbell/handshake.h"
#include "shopbell/limits.h"

namespace shopbell::testing {

inline constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;
inline constexpr std::uint64_t now_ms = 1'700'000'000'000;

template <class F>
F filled(std::uint8_t value) {
  F out;
  out.data.fill(value);
  return out;
}

inline Key key_of(std::uint8_t value) {
  const std::array<std::uint8_t, 32> bytes = filled<Hash>(value).data;
  return Key::from(bytes);
}

inline Rng make_rng(std::uint8_t value = 7) {
  Rng rng;
  rng.seed(filled<Hash>(value).view());
  return rng;
}

inline DeviceKeys device_of(std::uint8_t value) {
  return device_from_seeds(key_of(value), key_of(static_cast<std::uint8_t>(value + 100)), now_ms);
}

struct Shop {
  crypto::SignPair root = crypto::sign_pair(key_of(1));
  DeviceKeys desk = device_of(2);
  DeviceKeys agent = device_of(3);
  DeviceKeys customer = device_of(4);
  DeviceKeys stranger = device_of(5);
  crypto::SealPair team = crypto::seal_pair(key_of(6));
  ShopId id;
  ShopInfo info;

  Shop() {
    id.data = root.key.data;
    info.shop = id;
    info.version = 10;
    info.issued_ms = now_ms;
    info.fresh_until_ms = now_ms + 7 * day_ms;
    info.team_version = 1;
    info.team_key = team.key;
    info.shop_log = filled<LogId>(9);
    info.name = "Tea";
    info.look = {1, 2, 3};
    RelayInfo relay;
    relay.url = "wss://relay.example/v1";
    relay.key = filled<SignKey>(8);
    info.relays.push_back(relay);
    info.domains.push_back("shop.example");
    publish();
  }

  // Signs `info` as it stands and takes it as a device would.
  void publish() {
    Result<ShopInfo> taken = take_shop_card(id, make_shop_card(desk, desk_certificate(), info));
    ASSERT_TRUE(taken.ok());
    info = std::move(*taken);
  }

  Bytes desk_certificate() const {
    return make_desk_certificate(root, desk.self.sign_key, now_ms - day_ms, now_ms + 365 * day_ms);
  }

  Bytes certificate(const DeviceKeys& device) const {
    return make_agent_certificate(desk, id, device.self.id, 2, now_ms, now_ms + 30 * day_ms);
  }
};

// A log as one device would write it, envelope by envelope.
struct LogWriter {
  LogId log;
  std::map<DeviceId, std::pair<std::uint64_t, Hash>> last;

  SignedEnvelope write(const DeviceKeys& author, EnvelopeClass envelope_class, BytesView body,
                       const std::function<void(wire::Header&)>& change = {}) {
    auto& [counter, hash] = last[author.self.id];
    wire::Header header;
    header.envelope_class = static_cast<std::uint64_t>(envelope_class);
    header.log = log;
    header.author = author.self.id;
    header.counter = counter + 1;
    header.previous = hash;
    header.time_ms = now_ms;
    if (change) change(header);
    SignedEnvelope out = make_envelope(author, header, body);
    ++counter;
    hash = out.hash;
    return out;
  }
};

// The genesis of a log; `writer.log` is set from it.
inline SignedEnvelope write_genesis(LogWriter& writer, const ShopId& shop,
                                    const DeviceKeys& creator, LogKind kind = LogKind::main,
                                    const LogId& main_log = {}) {
  const Hash random = filled<Hash>(42);
  writer.log = log_id_of(shop, creator.self.id, random);
  return writer.write(creator, EnvelopeClass::member,
                      make_genesis_body(shop, kind, random, creator.self, main_log));
}

// A main log that the customer began.
struct MainLog {
  LogWriter writer;
  Fold fold;

  explicit MainLog(const Shop& shop) {
    const SignedEnvelope genesis = write_genesis(writer, shop.id, shop.customer);
    apply(shop, genesis, 1);
  }

  void apply(const Shop& shop, const SignedEnvelope& made, std::uint64_t seq) {
    const Result<OpenEnvelope> open = open_envelope(made.bytes);
    ASSERT_TRUE(open.ok());
    ASSERT_EQ(fold.check_counter(*open).error(), Errc::none);
    ASSERT_EQ(fold.apply_member(shop.info, *open, seq, now_ms).error(), Errc::none);
    fold.advance(*open);
  }

  SignedEnvelope join(const DeviceKeys& device, BytesView certificate) {
    return writer.write(device, EnvelopeClass::member, make_join_body(device.self, certificate));
  }
};

// Runs `take` on every prefix and on every copy of `good` with one changed byte. It must say why it
// refuses (an error), or `accept` must agree that what it took is what stands there.
inline void damage_everywhere(BytesView good, const std::function<Errc(BytesView)>& take) {
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Bytes part = to_bytes(good.first(size));
    EXPECT_NE(take(part), Errc::none) << "the first " << size << " bytes were taken";
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (std::uint8_t flip : {0x01, 0x80, 0xff}) {
      Bytes changed = to_bytes(good);
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
      EXPECT_NE(take(changed), Errc::none) << "byte " << at << " changed by " << int{flip};
    }
  }
}

template <class T>
Errc error_of(const Result<T>& result) {
  return result.ok() ? Errc::none : result.error();
}

}  // namespace shopbell::testing
