// Every limit of the protocol and the core, with its reason. Units stand last in the name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shopbell::limits {

// A message of 16 KiB of text is ten pages; files travel as blobs. Padding and keys come on top.
inline constexpr std::size_t content_bytes_max = 16 * 1024;
inline constexpr std::size_t header_bytes_max = 512;
// Content, padded by at most an eighth (Padme), plus nonce and tag; a grant of 64 boxes fits as
// well.
inline constexpr std::size_t body_bytes_max = 20 * 1024;
inline constexpr std::size_t envelope_bytes_max = body_bytes_max + header_bytes_max + 128;
// One WebSocket message: a full page or a burst of envelopes, and no relay memory beyond reason.
inline constexpr std::size_t frame_bytes_max = 256 * 1024;
inline constexpr std::size_t page_bytes_max = 128 * 1024;
inline constexpr std::size_t card_bytes_max = 16 * 1024;
// Removed devices that a shop card names, newest first to stay: half of a card.
inline constexpr std::size_t removals_max = 100;
inline constexpr std::size_t signal_bytes_max = 64 * 1024;
// Elements of one repeated field: heads of a welcome, items of a page.
inline constexpr std::size_t repeated_max = 4096;
// Two phones, a tablet, a laptop, and as many again before somebody should ask.
inline constexpr std::size_t log_devices_max = 16;
inline constexpr std::size_t grant_boxes_max = log_devices_max + 2;
// Of older epochs, handed to a newcomer in one entry; more take further entries.
inline constexpr std::size_t epoch_boxes_max = 200;
// An agent works on seven or eight conversations; each has two logs.
inline constexpr std::size_t watch_logs_max = 64;
inline constexpr std::size_t heads_per_welcome_max = 256;
inline constexpr std::size_t outbox_records_max = 1000;
// A draft is a message to be. A person who leaves more of them open has forgotten the oldest.
inline constexpr std::size_t draft_bytes_max = content_bytes_max;
inline constexpr std::size_t drafts_max = 64;
// Placed messages whose refs are remembered: far more than a host may have given without an answer
// before it stops, so that what it says again after that is known.
inline constexpr std::size_t sent_refs_max = 256;
// How long after a message its author may edit or recall it, by the relay's times of both.
inline constexpr std::uint64_t amend_ms_max = 15ull * 60 * 1000;
// Records of what changes the messages of one page of history; a page that has more shows the
// newest.
inline constexpr std::size_t amends_per_page_max = 2000;
inline constexpr std::size_t reaction_bytes_max = 48;
// Forty Chinese characters.
inline constexpr std::size_t name_bytes_max = 120;
// A square of 96 x 96 pixels as a JPEG; it is said anew in each log.
inline constexpr std::size_t picture_bytes_max = 6 * 1024;
// Envelopes of one log that may be under way at once: more gain nothing over one round trip.
inline constexpr std::size_t outbox_in_flight_max = 64;
// Further behind than this a device shows the newest page at the end of the way, not each message.
inline constexpr std::uint64_t shown_one_by_one_max = 100;
// Chains remembered per log to check what others say they have seen.
inline constexpr std::size_t chain_memory_max = 256;

// A new epoch bounds what a stolen epoch key opens.
inline constexpr std::uint64_t epoch_messages_max = 1000;
inline constexpr std::uint64_t epoch_age_ms_max = 7ull * 24 * 3600 * 1000;

inline constexpr std::uint64_t mark_interval_ms = 200;
inline constexpr std::uint64_t signal_life_ms_max = 10'000;
// Typing is said again while it lasts and forgotten a little after the next one was due.
inline constexpr std::uint64_t typing_repeat_ms = 3'000;
inline constexpr std::uint64_t typing_forget_ms = 5'000;
// Mobile carriers drop idle connections after about 30 s to 5 min.
inline constexpr std::uint64_t ping_after_ms = 20'000;
inline constexpr std::uint64_t idle_ms_max = 45'000;
inline constexpr std::uint64_t hello_ms_max = 10'000;
// Proof of work, where too many new devices come from one network: 4 million hashes at most, ten
// seconds in a browser. Who has not found it in a minute comes again. A slice is shorter than what
// a person notices.
inline constexpr std::uint64_t work_bits_first = 14;
inline constexpr std::uint64_t work_bits_max = 22;
inline constexpr std::uint64_t work_ms_max = 60'000;
inline constexpr std::uint64_t work_slice = 4096;
// Reconnect: first retry at once or nearly, so that a cut of a second is not seen; then calmer.
inline constexpr std::uint64_t retry_ms_first = 250;
inline constexpr std::uint64_t retry_ms_max = 30'000;
inline constexpr std::uint64_t publish_answer_ms_max = 15'000;
inline constexpr std::uint64_t session_answer_ms_max = 5'000;
// A link lies in a picture on a screen; who is beside it needs a minute.
inline constexpr std::uint64_t link_ms_max = 10 * 60 * 1000;
// Devices that have more than a restored relay get this long to come before the desk goes on.
inline constexpr std::uint64_t resume_after_ms = 10 * 60 * 1000;
inline constexpr std::uint64_t card_fresh_ms_default = 7ull * 24 * 3600 * 1000;
// A device clock may be a day wrong before the relay's time is used instead.
inline constexpr std::uint64_t clock_skew_ms_max = 24ull * 3600 * 1000;
// Below this many bytes drawn since the last one the host is asked for fresh entropy.
inline constexpr std::size_t entropy_seed_bytes = 32;

static_assert(page_bytes_max + envelope_bytes_max < frame_bytes_max, "a page fits into a frame");
static_assert(content_bytes_max + content_bytes_max / 8 + 1024 < body_bytes_max, "padding fits");
static_assert(name_bytes_max + picture_bytes_max < content_bytes_max, "an About is a message");
static_assert(typing_repeat_ms < typing_forget_ms, "typing does not flicker");
static_assert(ping_after_ms * 2 < idle_ms_max, "one lost ping is no lost connection");
static_assert(epoch_boxes_max * 96 + 256 < body_bytes_max, "the keys of an entry fit into a body");
static_assert(grant_boxes_max * 128 + 256 < body_bytes_max, "a full grant fits into a body");

}  // namespace shopbell::limits
