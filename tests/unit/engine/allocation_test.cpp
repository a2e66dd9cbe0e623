// What one delivered message costs an engine in allocations. The counting operators live with the
// relay's tests: one program has one.
#include "unit/engine/script.h"
#include "unit/relay/allocation_count.h"

namespace shopbell::testing {
namespace {

TEST(EngineAllocations, a_deliver_stays_within_its_budget) {
  constexpr std::uint64_t rounds = 50;
  // Measured 22; the slack is for another standard library, not for growth.
  constexpr std::uint64_t allocations_max = 28;
  Talk talk;
  DeskPen desk{talk.world};
  std::vector<Bytes> frames;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    ASSERT_EQ(talk.world.relay.place(desk.message(talk.log, "hello").bytes), Errc::none);
    frames.push_back(framed(talk.world.relay.deliver_of(talk.log, 4 + i)));
  }
  Engine& engine = *talk.visitor.engine;
  std::uint64_t allocations = 0;
  for (const Bytes& frame : frames) {
    const std::uint64_t before = relay::testing::allocations_here();
    engine.handle(in::Received{frame});
    std::uint64_t batch = 0;
    while (const Output* output = engine.poll()) {
      if (const auto* persist = std::get_if<out::Persist>(output)) batch = persist->batch;
    }
    engine.handle(in::Persisted{batch});
    std::size_t shown = 0;
    while (const Output* output = engine.poll()) {
      const auto* event = std::get_if<out::Event>(output);
      if (event != nullptr && event->kind == wire::EventKind::message) ++shown;
    }
    allocations += relay::testing::allocations_here() - before;
    ASSERT_EQ(shown, 1u);
  }
  EXPECT_LE(allocations / rounds, allocations_max);
  EXPECT_GT(allocations, 0u) << "nothing was counted";
  RecordProperty("allocations_per_deliver", static_cast<int>(allocations / rounds));
}

}  // namespace
}  // namespace shopbell::testing
