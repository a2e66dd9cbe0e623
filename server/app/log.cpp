#include "app/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <iterator>
#include <memory>

namespace shopbell::app {
namespace {

spdlog::logger& logger() {
  static const auto made = [] {
    auto out = std::make_shared<spdlog::logger>("shopbell",
                                                std::make_shared<spdlog::sinks::stderr_sink_mt>());
    out->set_pattern("time=%Y-%m-%dT%H:%M:%S.%e%z level=%l %v");
    return out;
  }();
  return *made;
}

void write(spdlog::level::level_enum level, const char* event,
           std::initializer_list<LogField> fields) {
  auto line = fmt::format("event={}", event);
  for (const auto& [name, value] : fields) {
    fmt::format_to(std::back_inserter(line), " {}={}", name, value);
  }
  logger().log(level, line);
}

}  // namespace

void log_info(const char* event, std::initializer_list<LogField> fields) {
  write(spdlog::level::info, event, fields);
}

void log_warning(const char* event, std::initializer_list<LogField> fields) {
  write(spdlog::level::warn, event, fields);
}

void log_error(const char* event, std::initializer_list<LogField> fields) {
  write(spdlog::level::err, event, fields);
}

void log_problem(const char* event, std::string_view sentence) {
  logger().log(spdlog::level::err, fmt::format("event={} problem=\"{}\"", event, sentence));
}

}  // namespace shopbell::app
