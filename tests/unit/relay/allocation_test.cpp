// How many allocations a message costs the shard, from its frame to the answers.
#include "unit/relay/allocation_count.h"
#include "unit/relay/world.h"

namespace shopbell::relay::testing {
namespace {

using wire::FrameKind;

// Measured: 10 for a burst of 64, of them most for the two outgoing buffers as they grow.
constexpr double allocations_per_message_max = 0.25;
constexpr int burst = 64;

// Feeds one burst and its commit past the world's own bookkeeping; returns the allocations.
std::uint64_t run_burst(World& world, Client& visitor, const LogId& log) {
  Bytes frames;
  for (int i = 0; i < burst; ++i) {
    append(frames, framed(FrameKind::publish, wire::Publish{visitor.message(log, 200).bytes}));
  }
  const std::uint64_t before = allocations_here();
  world.shard->handle(in::Received{visitor.conn, frames});
  out::Commit commit{};
  while (Output* out = world.shard->poll()) {
    if (auto* one = std::get_if<out::Commit>(out)) commit = std::move(*one);
  }
  const std::uint64_t published = allocations_here() - before;
  EXPECT_TRUE(world.store->commit(*commit.batch).ok());
  commit.batch.reset();
  const std::uint64_t committed = allocations_here();
  world.shard->handle(in::Committed{commit.id});
  int sends = 0;
  while (Output* out = world.shard->poll()) sends += std::holds_alternative<out::Send>(*out);
  EXPECT_EQ(sends, 2);
  return published + allocations_here() - committed;
}

TEST(RelayAllocations, a_message_costs_next_to_none) {
  World world;
  Client visitor = world.client(device(1));
  Client desk = world.client(device(40));
  visitor.join();
  const LogId log = visitor.begin_log();
  desk.join();
  for (int i = 0; i < 8; ++i) run_burst(world, visitor, log);
  const std::uint64_t spent = run_burst(world, visitor, log);
  EXPECT_LT(static_cast<double>(spent) / burst, allocations_per_message_max)
      << spent << " allocations for " << burst << " messages";
  RecordProperty("allocations_per_64_messages", static_cast<int>(spent));
}

}  // namespace
}  // namespace shopbell::relay::testing
