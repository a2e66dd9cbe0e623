// A further device by the customer's own hand (docs/PROTOCOL.md 11.6 to 11.11): the link, the code,
// the person's answer, and what the newcomer then has.
#include "unit/engine/failures.h"

namespace shopbell::testing {
namespace {

constexpr std::size_t guest_at = 3;
constexpr std::uint64_t last_ms = limits::link_ms_max;

// Numbers of LinkState.
enum Step : std::uint64_t { none, open, asked, done, refused, calling, waiting };

struct Seen {
  std::uint64_t step = none;
  Errc code = Errc::none;
  std::uint64_t digits = 0;
  Bytes link;
};

// The counter's shop with its customer, and a device that belongs to nobody yet.
struct Linked {
  std::unique_ptr<World> world = counter().world.restart_as_copy();
  Host& host = *world->hosts[visitor_at];
  Host& guest = world->add(Role::visitor, 40);
  LogId log = counter().log;
  Bytes link;

  Linked() { world->run(); }

  void ask(Host& who, std::string_view method, BytesView body = {}) {
    wire::Request request;
    request.id = 7;
    request.method = method;
    request.body = body;
    who.command(request);
  }
  // What a host was told last, by an answer or of itself.
  static Seen seen(const Host& who) {
    Seen out;
    for (const Host::Item& item : who.events) {
      Bytes body;
      Errc refusal = Errc::none;
      if (item.kind == static_cast<std::uint32_t>(wire::EventKind::response_event)) {
        const auto answer = codec::decode<wire::ResponseEvent>(item.body);
        if (answer->id != 7) continue;
        body = to_bytes(answer->body);
        refusal = static_cast<Errc>(answer->code);
      } else if (item.kind == static_cast<std::uint32_t>(wire::EventKind::push_event)) {
        const auto push = codec::decode<wire::PushEvent>(item.body);
        if (push->method != "link") continue;
        body = to_bytes(push->body);
      } else {
        continue;
      }
      const auto state = codec::decode<wire::LinkState>(body);
      out.step = state->step;
      out.code = refusal == Errc::none ? static_cast<Errc>(state->code) : refusal;
      out.digits = state->digits;
      if (!state->link.empty()) out.link = to_bytes(state->link);
    }
    return out;
  }
  std::size_t times_asked() const {
    std::size_t out = 0;
    for (const auto& push : host.shown<wire::PushEvent>()) {
      if (codec::decode<wire::LinkState>(push.body)->step == asked) ++out;
    }
    return out;
  }
  void make() {
    ask(host, "link.make");
    world->run();
    link = seen(host).link;
    ASSERT_EQ(link.size(), 96u);
  }
  void use(Host& who) {
    ask(who, "link.use", link);
    world->run();
  }
  void answer(bool yes) {
    ask(host, yes ? "link.allow" : "link.refuse");
    world->run();
  }
  void say(Host& who, std::string_view text, std::uint64_t ref) {
    const Bytes content = text_content(text);
    who.command(send_text(log, ref, content));
    world->run();
  }
  std::vector<std::string> shown_at(Host& who) {
    who.forget();
    wire::OpenLog command;
    command.log = log;
    command.limit = 50;
    who.command(command);
    world->run();
    return who.texts();
  }
  std::size_t member_entries() const {
    std::size_t out = 0;
    for (const Relay::Entry& entry : world->relay.logs.at(log).entries) {
      if (open_envelope(entry.envelope)->header.envelope_class == 3) ++out;
    }
    return out;
  }
  void part(std::size_t who) {
    world->hosts[who]->may_connect = false;
    world->cut(who);
    world->run();
  }
  void join(std::size_t who) {
    Host& back = *world->hosts[who];
    back.may_connect = true;
    EXPECT_TRUE(world->run_until([&] { return back.last_connection_state() == 2; }));
    world->run();
  }
};

const std::vector<std::string> history = {"help me"};

TEST(EngineLinking, a_second_device_gets_the_history_once_its_code_was_confirmed) {
  Linked all;
  all.make();
  EXPECT_EQ(all.seen(all.host).step, open);
  all.use(all.guest);
  const Seen at_host = all.seen(all.host);
  const Seen at_guest = all.seen(all.guest);
  EXPECT_EQ(at_host.step, asked);
  EXPECT_EQ(at_guest.step, waiting);
  EXPECT_EQ(at_host.digits, at_guest.digits);
  EXPECT_LT(at_host.digits, 1'000'000u);
  EXPECT_EQ(all.member_entries(), 1u) << "nothing before the person has answered";
  all.answer(true);
  EXPECT_EQ(all.seen(all.host).step, done);
  EXPECT_EQ(all.seen(all.guest).step, done);
  EXPECT_EQ(all.member_entries(), 3u) << "genesis, admission, keys";
  EXPECT_EQ(all.shown_at(all.guest), history);
  EXPECT_TRUE(all.guest.shown<wire::Problem>().empty());
}

TEST(EngineLinking, both_see_what_either_writes_from_then_on) {
  Linked all;
  all.make();
  all.use(all.guest);
  all.answer(true);
  all.shown_at(all.guest);
  all.shown_at(all.host);
  all.host.forget();
  all.guest.forget();
  all.say(all.guest, "from the phone", 9);
  all.say(all.host, "from the laptop", 10);
  const std::vector<std::string> both = {"from the phone", "from the laptop"};
  EXPECT_EQ(all.host.texts(), both);
  EXPECT_EQ(all.guest.texts(), both);
}

TEST(EngineLinking, a_device_that_was_let_in_lets_in_another) {
  Linked all;
  all.make();
  all.use(all.guest);
  all.answer(true);
  Host& third = all.world->add(Role::visitor, 50);
  all.world->run();
  all.ask(all.guest, "link.make");
  all.world->run();
  all.link = all.seen(all.guest).link;
  all.use(third);
  all.ask(all.guest, "link.allow");
  all.world->run();
  EXPECT_EQ(all.seen(third).step, done);
  EXPECT_EQ(all.shown_at(third), history);
}

TEST(EngineLinking, who_is_refused_hears_so_and_gets_nothing) {
  Linked all;
  all.make();
  all.use(all.guest);
  all.answer(false);
  EXPECT_EQ(all.seen(all.host).code, Errc::link_denied);
  EXPECT_EQ(all.seen(all.guest).step, refused);
  EXPECT_EQ(all.seen(all.guest).code, Errc::link_denied);
  all.use(all.guest);
  EXPECT_EQ(all.seen(all.guest).code, Errc::link_denied) << "the answer stands";
  EXPECT_EQ(all.member_entries(), 1u);
}

TEST(EngineLinking, a_link_is_for_one_device) {
  Linked all;
  Host& other = all.world->add(Role::visitor, 50);
  all.make();
  all.use(all.guest);
  all.use(other);
  EXPECT_EQ(all.seen(other).step, refused);
  EXPECT_EQ(all.seen(other).code, Errc::link_used);
  all.answer(true);
  EXPECT_TRUE(all.world->run_until([&] { return all.seen(all.guest).step == done; }))
      << "the first one's session was lost meanwhile; it asks again";
  EXPECT_EQ(all.shown_at(all.guest), history);
  all.use(other);
  EXPECT_EQ(all.seen(other).code, Errc::link_used);
  EXPECT_EQ(all.member_entries(), 3u);
}

TEST(EngineLinking, a_link_ends_after_ten_minutes) {
  Linked all;
  all.make();
  all.world->advance(last_ms + 1);
  all.world->run();
  all.use(all.guest);
  EXPECT_TRUE(all.world->run_until([&] { return all.seen(all.guest).step == refused; }));
  EXPECT_EQ(all.seen(all.guest).code, Errc::link_expired);
  all.answer(true);
  EXPECT_EQ(all.seen(all.host).code, Errc::command_bad) << "there is nobody to let in";
}

TEST(EngineLinking, a_guest_whom_nobody_answers_gives_up) {
  Linked all;
  all.make();
  all.part(visitor_at);
  all.use(all.guest);
  EXPECT_EQ(all.seen(all.guest).step, calling);
  EXPECT_EQ(all.seen(all.guest).code, Errc::unreachable);
  all.world->advance(last_ms + 1);
  all.world->run();
  EXPECT_TRUE(all.world->run_until([&] { return all.seen(all.guest).step == refused; }));
  EXPECT_EQ(all.seen(all.guest).code, Errc::link_expired);
}

TEST(EngineLinking, a_guest_goes_on_when_the_other_device_comes_back) {
  Linked all;
  all.make();
  all.part(visitor_at);
  all.use(all.guest);
  all.join(visitor_at);
  EXPECT_TRUE(all.world->run_until([&] { return all.seen(all.host).step == asked; }));
  all.answer(true);
  EXPECT_TRUE(all.world->run_until([&] { return all.seen(all.guest).step == done; }));
  EXPECT_EQ(all.shown_at(all.guest), history);
}

TEST(EngineLinking, another_secret_is_no_link) {
  Linked all;
  all.make();
  all.link[0] ^= 1;
  all.use(all.guest);
  EXPECT_EQ(all.seen(all.guest).code, Errc::invitation_refused);
  EXPECT_EQ(all.seen(all.host).step, open) << "it can still be used";
}

TEST(EngineLinking, a_newer_link_takes_the_place_of_the_former) {
  Linked all;
  all.make();
  Bytes former = all.link;
  all.make();
  std::swap(all.link, former);
  all.use(all.guest);
  EXPECT_EQ(all.seen(all.guest).code, Errc::invitation_refused);
  std::swap(all.link, former);
  all.use(all.guest);
  EXPECT_EQ(all.seen(all.guest).step, waiting);
}

TEST(EngineLinking, a_link_that_was_taken_back_is_answered_by_nobody) {
  Linked all;
  all.make();
  all.ask(all.host, "link.cancel");
  all.world->run();
  EXPECT_EQ(all.seen(all.host).step, none);
  all.use(all.guest);
  EXPECT_EQ(all.seen(all.guest).step, calling);
  EXPECT_TRUE(all.host.sent<wire::Signal>().empty());
}

TEST(EngineLinking, a_link_survives_a_restart_of_the_device_that_made_it) {
  Linked all;
  all.make();
  all.world->crash(visitor_at);
  all.world->run();
  all.use(all.guest);
  EXPECT_TRUE(all.world->run_until([&] { return all.seen(all.host).step == asked; }));
  all.answer(true);
  EXPECT_TRUE(all.world->run_until([&] { return all.seen(all.guest).step == done; }));
  EXPECT_EQ(all.shown_at(all.guest), history);
}

TEST(EngineLinking, who_has_nothing_to_hand_on_makes_no_link) {
  Linked all;
  all.ask(all.guest, "link.make");
  all.world->run();
  EXPECT_EQ(all.seen(all.guest).code, Errc::command_bad);
}

TEST(EngineLinking, one_does_not_link_to_oneself) {
  Linked all;
  all.make();
  all.use(all.host);
  EXPECT_EQ(all.seen(all.host).code, Errc::command_bad);
}

TEST(EngineLinking, a_device_that_the_shops_login_knows_uses_no_link) {
  Linked all;
  all.make();
  wire::Identify login;
  login.token = "token";
  login.subject = filled<Hash>(1);
  all.guest.command(login);
  all.world->run();
  all.use(all.guest);
  EXPECT_EQ(all.seen(all.guest).code, Errc::identity_other);
  EXPECT_EQ(all.seen(all.host).step, open);
}

TEST(EngineLinking, where_there_is_no_room_nobody_comes_in) {
  Linked all;
  Rng rng = make_rng(9);
  for (std::size_t n = 1; n < limits::log_devices_max; ++n) {
    const DeviceKeys device = make_device(rng, now_ms);
    wire::Admit command;
    command.log = all.log;
    command.device = device.self.id;
    command.card = device.self.card;
    all.world->hosts[desk_at]->command(command);
    all.world->run();
  }
  const std::size_t before = all.member_entries();
  all.make();
  all.use(all.guest);
  all.answer(true);
  EXPECT_EQ(all.seen(all.host).code, Errc::too_large);
  EXPECT_EQ(all.seen(all.guest).code, Errc::too_large);
  EXPECT_EQ(all.member_entries(), before);
}

TEST(EngineLinking, broken_signals_change_nothing) {
  Linked all;
  all.make();
  for (const std::uint64_t kind : {2, 3, 4}) {
    for (const std::string_view body : {"", "x", "\x0a\x01\x02"}) {
      wire::Signal signal;
      signal.kind = kind;
      signal.to = filled<DeviceId>(1);
      signal.body = as_bytes(body);
      all.host.receive_frame(signal);
      all.guest.receive_frame(signal);
    }
  }
  all.world->run();
  all.use(all.guest);
  EXPECT_EQ(all.seen(all.host).step, asked);
}

// --- a failure at every step

std::size_t replay_linking(std::size_t at, Failure failure, bool& happened, std::size_t who) {
  Linked all;
  World& world = *all.world;
  std::size_t steps = 0;
  happened = false;
  all.make();
  all.ask(all.guest, "link.use", all.link);
  bool used_again = false;
  std::size_t answered = 0;
  const auto persons_act = [&] {
    const bool lost = happened && who == guest_at && failure != Failure::cut;
    if (lost && !used_again && all.guest.last_connection_state() == 2 && !all.guest.dead) {
      used_again = true;
      all.ask(all.guest, "link.use", all.link);
    }
    if (all.times_asked() > answered) {
      answered = all.times_asked();
      all.ask(all.host, "link.allow");
    }
    return all.seen(all.guest).step == done;
  };
  while (steps < 400) {
    if (steps == at && !happened) {
      happened = fail(world, who, failure);
      // A new engine begins anew; what the former one said is no answer of its.
      if (happened && who == guest_at && failure != Failure::cut) all.guest.forget();
    }
    ++steps;
    persons_act();
    if (!world.step()) break;
  }
  EXPECT_TRUE(world.run_until(persons_act)) << "step " << at;
  EXPECT_TRUE(world.run_until([&] {
    return all.member_entries() == 3 && all.guest.last_connection_state() == 2;
  })) << "step "
      << at;
  world.run();
  EXPECT_EQ(all.shown_at(all.guest), history)
      << "step " << at << ", failure " << static_cast<int>(failure);
  expect_dense(world.relay.logs.at(all.log));
  return steps;
}

Replay linking_with(std::size_t who) {
  return [who](std::size_t at, Failure each, bool& happened) {
    return replay_linking(at, each, happened, who);
  };
}

TEST(EngineLinking, survives_each_failure_at_every_step_of_the_device_that_made_the_link) {
  replay_with({Failure::cut, Failure::crash, Failure::not_written}, linking_with(visitor_at));
}

TEST(EngineLinking, survives_each_failure_at_every_step_of_the_newcomer) {
  replay_with({Failure::cut, Failure::crash}, linking_with(guest_at));
}

}  // namespace
}  // namespace shopbell::testing
