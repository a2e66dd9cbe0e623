// A relay over an older copy of its store (docs/PROTOCOL.md section 10): how it notices, what it
// takes back, and what it refuses.
#include "unit/relay/world.h"

namespace shopbell::relay::testing {
namespace {

using wire::FrameKind;

// A conversation of five, of which a backup knows the first two.
struct SetBack {
  World world;
  Client visitor{world.client(device(1))};
  LogId log;
  std::vector<wire::Published> places;
  std::vector<SignedEnvelope> envelopes;
  std::unique_ptr<store::Store> backup;
  std::vector<wire::Deliver> entries;
  Bytes kept;  // what `entries` look into

  SetBack() {
    visitor.join();
    log = visitor.begin_log();
    backup = store::copy_memory_store(*world.store);
    for (int i = 0; i < 3; ++i) {
      world.tick(10);
      envelopes.push_back(visitor.message(log));
      visitor.publish(envelopes.back());
      visitor.expect_published();
    }
    keep();
  }
  // What the visitor holds of places 3 to 5.
  void keep() {
    visitor.send(FrameKind::fetch, wire::Fetch{log, 3, 5});
    page_ = visitor.frames.front().body;
    visitor.frames.pop_front();
    const auto page = codec::decode<wire::Page>(page_);
    entries = page->items;
    before = page->before;
    ASSERT_EQ(entries.size(), 3u);
  }
  void set_back() {
    world.tick(1000);
    world.store = store::copy_memory_store(*backup);
    world.start();
  }
  // As an operator says it before the start.
  void say_so() {
    world.tick(1000);
    store::Batch batch;
    batch.generation = 99;
    batch.restored_ms = world.now_ms;
    EXPECT_TRUE(backup->commit(batch).ok());
    set_back();
  }
  wire::Refill refill(std::size_t from = 0, std::size_t count = 3) const {
    wire::Refill out;
    out.log = log;
    out.before = before;
    out.items.assign(entries.begin() + static_cast<std::ptrdiff_t>(from),
                     entries.begin() + static_cast<std::ptrdiff_t>(from + count));
    out.last = 5;
    return out;
  }
  wire::Head offer(const wire::Refill& refill) {
    visitor.send(FrameKind::refill, refill);
    while (!visitor.frames.empty() && visitor.frames.front().kind == FrameKind::published) {
      visitor.frames.pop_front();
    }
    const auto heads = visitor.expect<wire::Heads>(FrameKind::heads);
    return heads.heads.empty() ? wire::Head{} : heads.heads.front();
  }
  void expect_refused(const wire::Refill& refill, Errc code) {
    visitor.send(FrameKind::refill, refill);
    visitor.expect_error(code);
    EXPECT_EQ(world.store->read_log(log)->seq, 2u);
  }

  Hash before;

 private:
  Bytes page_;
};

TEST(RelayRefill, what_was_lost_gets_its_places_and_times_again) {
  SetBack lost;
  const Hash chain = lost.world.store->read_log(lost.log)->chain;
  lost.say_so();
  const auto welcome = lost.visitor.join();
  ASSERT_EQ(welcome.heads.size(), 1u);
  EXPECT_EQ(welcome.heads[0].seq, 2u);
  EXPECT_EQ(welcome.heads[0].held, 1u);
  const wire::Head head = lost.offer(lost.refill());
  EXPECT_EQ(head.seq, 5u);
  EXPECT_EQ(head.chain, chain);
  EXPECT_EQ(head.held, 0u);
  EXPECT_EQ(head.counter, 5u);
  lost.visitor.publish(lost.visitor.message(lost.log));
  EXPECT_EQ(lost.visitor.expect_published().seq, 6u);
}

TEST(RelayRefill, it_survives_a_restart_in_the_middle) {
  SetBack lost;
  lost.say_so();
  lost.visitor.join();
  EXPECT_EQ(lost.offer(lost.refill(0, 1)).seq, 3u);
  lost.world.start();
  lost.visitor.join();
  wire::Refill rest = lost.refill(1, 2);
  rest.before = lost.world.store->read_log(lost.log)->chain;
  EXPECT_EQ(lost.offer(rest).seq, 5u);
}

TEST(RelayRefill, until_all_that_was_announced_is_there_nobody_else_writes) {
  SetBack lost;
  lost.say_so();
  lost.visitor.join();
  EXPECT_EQ(lost.offer(lost.refill(0, 1)).seq, 3u);
  Client desk = lost.world.client(device(40));
  desk.join();
  lost.world.epochs[lost.log] = 1;
  desk.publish(desk.message(lost.log));
  desk.expect_error(Errc::log_held);
  lost.world.feed(in::Closed{lost.visitor.conn});
  desk.places.clear();
  desk.publish(desk.message(lost.log));
  EXPECT_EQ(desk.expect_published().seq, 4u);
}

TEST(RelayRefill, a_held_log_takes_nothing_new) {
  SetBack lost;
  lost.say_so();
  lost.visitor.join();
  lost.visitor.places[lost.log].counter = 2;
  lost.visitor.publish(lost.visitor.message(lost.log));
  const auto error = lost.visitor.expect_error(Errc::log_held);
  EXPECT_GT(error.retry_ms, 0u);
}

TEST(RelayRefill, its_own_word_for_a_later_place_tells_a_relay_that_it_was_set_back) {
  SetBack lost;
  lost.set_back();
  lost.visitor.join();
  lost.visitor.send(FrameKind::refill, lost.refill());
  EXPECT_EQ(lost.visitor.closed, Errc::closed_restored);
  EXPECT_NE(lost.world.store->generation(), 77u);
  EXPECT_EQ(lost.world.store->read_log(lost.log)->seq, 2u);
  const auto welcome = lost.visitor.join();
  EXPECT_EQ(welcome.generation, lost.world.store->generation());
  EXPECT_EQ(welcome.heads[0].held, 1u);
  EXPECT_EQ(lost.offer(lost.refill()).seq, 5u);
}

TEST(RelayRefill, a_cursor_that_the_store_never_reached_tells_a_relay_that_it_was_set_back) {
  SetBack lost;
  lost.set_back();
  Client desk = lost.world.client(device(40));
  desk.connect();
  wire::Hello hello = desk.hello_of();
  hello.generation = 77;
  hello.cursor = 5;
  desk.say(hello);
  EXPECT_EQ(desk.closed, Errc::closed_restored);
  desk.connect();
  hello = desk.hello_of();
  hello.generation = 77;
  hello.cursor = 5;
  desk.say(hello);
  EXPECT_EQ(desk.closed, Errc::none);
  const auto welcome = desk.expect<wire::Welcome>(FrameKind::welcome);
  ASSERT_EQ(welcome.heads.size(), 1u);
  EXPECT_EQ(welcome.heads[0].held, 1u);
}

TEST(RelayRefill, nothing_is_taken_that_the_relay_has_not_said_itself) {
  SetBack lost;
  lost.say_so();
  lost.visitor.join();
  wire::Refill other = lost.refill();
  other.items[1].time_ms += 1;
  other.items[2].time_ms += 1;
  lost.expect_refused(other, Errc::refill_refused);
  other = lost.refill();
  std::swap(other.items[0].envelope, other.items[1].envelope);
  lost.expect_refused(other, Errc::refill_refused);
  other = lost.refill();
  const Bytes voucher(16, 1);
  other.items[2].voucher = voucher;
  lost.expect_refused(other, Errc::refill_refused);
  other = lost.refill(1, 2);
  lost.expect_refused(other, Errc::refill_refused);
  other = lost.refill();
  other.items[2].voucher = {};
  lost.expect_refused(other, Errc::frame_bad);
  other = lost.refill();
  other.items[1].seq = 9;
  lost.expect_refused(other, Errc::frame_bad);
  other = lost.refill();
  other.items.clear();
  lost.expect_refused(other, Errc::frame_bad);
  EXPECT_EQ(lost.offer(lost.refill()).seq, 5u);
}

TEST(RelayRefill, a_second_device_with_the_same_is_told_the_head) {
  SetBack lost;
  lost.say_so();
  lost.visitor.join();
  lost.offer(lost.refill());
  EXPECT_EQ(lost.offer(lost.refill()).seq, 5u);
  EXPECT_EQ(lost.offer(lost.refill(0, 1)).held, 0u);
}

TEST(RelayRefill, the_desk_resumes_a_log_that_nobody_has_more_of) {
  SetBack lost;
  lost.say_so();
  Client desk = lost.world.client(device(40));
  desk.join();
  wire::Header header;
  header.envelope_class = 3;
  desk.publish(desk.envelope(lost.log, header, make_resume_body()));
  EXPECT_EQ(desk.expect_published().seq, 3u);
  lost.visitor.join();
  lost.visitor.send(FrameKind::fetch, wire::Fetch{lost.log, 3, 3});
  EXPECT_EQ(lost.visitor.expect<wire::Page>(FrameKind::page).resumed, 3u);
}

TEST(RelayRefill, only_the_desk_resumes) {
  SetBack lost;
  lost.visitor.places[lost.log].counter = 5;
  wire::Header header;
  header.envelope_class = 3;
  lost.visitor.publish(lost.visitor.envelope(lost.log, header, make_resume_body()));
  lost.visitor.expect_error(Errc::not_member);
}

TEST(RelayRefill, numbers_given_twice_are_proven_and_the_desk_is_called) {
  SetBack lost;
  lost.set_back();
  Client desk = lost.world.client(device(40));
  desk.join();
  lost.world.epochs[lost.log] = 1;
  desk.publish(desk.message(lost.log));
  EXPECT_EQ(desk.expect_published().seq, 3u);
  lost.visitor.join();
  const wire::Head head = lost.offer(lost.refill(0, 1));
  EXPECT_EQ(head.seq, 3u);
  EXPECT_EQ(head.held, 2u);
  const auto told = desk.expect<wire::Heads>(FrameKind::heads);
  ASSERT_EQ(told.heads.size(), 1u);
  EXPECT_EQ(told.heads[0].held, 2u);
  desk.publish(desk.message(lost.log));
  desk.expect_error(Errc::log_held);
}

TEST(RelayRefill, what_stands_there_already_proves_nothing) {
  SetBack lost;
  EXPECT_EQ(lost.offer(lost.refill(0, 1)).held, 0u);
  wire::Refill last = lost.refill(2, 1);
  last.before = lost.world.store->read_page(lost.log, 4, 4, 1)->front().chain;
  EXPECT_EQ(lost.offer(last).held, 0u);
}

}  // namespace
}  // namespace shopbell::relay::testing
