#include "base/json_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace zerod {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kNoUnsigned = "a number that is no unsigned integer of 64 bits";

absl::Status NoJson(std::size_t position) {
  return absl::InvalidArgumentError(
      absl::StrCat("is no JSON object in UTF-8: see byte ", position));
}

class Adapter final : public nlohmann::json_sax<Json> {
 public:
  explicit Adapter(JsonEvents& events) : events_(events) {}

  const absl::Status& status() const { return status_; }

  bool null() override { return Take(events_.Other("null")); }
  bool boolean(bool) override { return Take(events_.Other("true or false")); }
  bool number_integer(number_integer_t) override { return Take(events_.Other(kNoUnsigned)); }
  bool number_unsigned(number_unsigned_t value) override { return Take(events_.Unsigned(value)); }
  bool number_float(number_float_t, const string_t&) override {
    return Take(events_.Other(kNoUnsigned));
  }
  bool string(string_t& value) override { return Take(events_.Text(std::move(value))); }
  bool binary(binary_t&) override { return Take(events_.Other("binary data")); }
  bool start_object(std::size_t) override { return Take(events_.ObjectBegins()); }
  bool key(string_t& value) override { return Take(events_.Key(std::move(value))); }
  bool end_object() override { return Take(events_.ObjectEnds()); }
  bool start_array(std::size_t) override { return Take(events_.ArrayBegins()); }
  bool end_array() override { return Take(events_.ArrayEnds()); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return Take(NoJson(position));
  }

 private:
  bool Take(absl::Status status) {
    status_.Update(std::move(status));
    return status_.ok();
  }

  JsonEvents& events_;
  absl::Status status_;
};

}  // namespace

absl::Status ReadJsonObject(absl::string_view text, JsonEvents& events) {
  // The parser skips a byte order mark and white space, and takes a NUL for the end.
  if (text.empty() || text.front() != '{') return NoJson(0);
  if (const std::size_t nul = text.find('\0'); nul != absl::string_view::npos) return NoJson(nul);
  Adapter adapter(events);
  Json::sax_parse(text.begin(), text.end(), &adapter);
  return adapter.status();
}

}  // namespace zerod
