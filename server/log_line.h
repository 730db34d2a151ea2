#ifndef ZEROD_SERVER_LOG_LINE_H_
#define ZEROD_SERVER_LOG_LINE_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/strings/string_view.h"

namespace zerod {

// A key and its value. A view: lives as long as the call it is an argument of.
struct LogField {
  using Value = std::variant<std::int64_t, std::uint64_t, double, absl::string_view>;

  absl::string_view key;
  Value value;

  LogField(absl::string_view key, absl::string_view value) : key(key), value(value) {}
  LogField(absl::string_view key, const std::string& value)
      : key(key), value(absl::string_view(value)) {}
  LogField(absl::string_view key, const char* value) : key(key), value(absl::string_view(value)) {}
  LogField(absl::string_view key, double value) : key(key), value(value) {}
  template <typename Integer>
  requires std::is_integral_v<Integer> LogField(absl::string_view key, Integer number)
      : key(key), value(Widened(number)) {}

 private:
  template <typename Integer>
  static Value Widened(Integer number) {
    if constexpr (std::is_signed_v<Integer>) return static_cast<std::int64_t>(number);
    return static_cast<std::uint64_t>(number);
  }
};

// "event=job_created job=gpt ranks=4". Values that hold anything but plain words are quoted and
// escaped, so that no name can forge a line or a field.
std::string TextLogLine(absl::string_view event, std::span<const LogField> fields);

// {"event":"job_created","job":"gpt","ranks":4}, after `first`.
std::string JsonLogLine(std::initializer_list<LogField> first, absl::string_view event,
                        std::span<const LogField> fields);

}  // namespace zerod

#endif  // ZEROD_SERVER_LOG_LINE_H_
