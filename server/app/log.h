// The program's own log: one line an event on the standard error output, names and numbers only.
// Text that came from people or devices can not be passed, so it can not be logged.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace shopbell::app {

struct LogField {
  const char* name;
  std::uint64_t value;
};

// `event` is a literal like "listening"; level error means a defect or a lost disk.
void log_info(const char* event, std::initializer_list<LogField> fields = {});
void log_warning(const char* event, std::initializer_list<LogField> fields = {});
void log_error(const char* event, std::initializer_list<LogField> fields = {});
// A sentence made by this program about its own files, such as a store's problem.
void log_problem(const char* event, std::string_view sentence);

}  // namespace shopbell::app
