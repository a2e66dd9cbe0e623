#include "store/store.h"

namespace shopbell::store {

namespace {
struct Asker {
  Reader& reader;
  Answer operator()(const ReadLog& q) const { return reader.read_log(q.log); }
  Answer operator()(const ReadPage& q) const {
    return reader.read_page(q.log, q.from, q.to, q.bytes_max);
  }
  Answer operator()(const ReadLogsOfDevice& q) const {
    return reader.logs_of_device(q.shop, q.device);
  }
  Answer operator()(const ReadHeads& q) const {
    return reader.heads_since(q.shop, q.device, q.cursor, q.limit);
  }
  Answer operator()(const FindEnvelope& q) const {
    return reader.find_envelope(q.log, q.author, q.counter);
  }
  Answer operator()(const ReadCard& q) const { return reader.card(q.shop); }
  Answer operator()(const ReadMoved& q) const { return reader.moved_since(q.seen, q.limit); }
};
}  // namespace

Answer answer(Reader& reader, const Query& query) { return std::visit(Asker{reader}, query); }

}  // namespace shopbell::store
