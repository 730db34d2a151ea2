#include "server/log_line.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace zerod {
namespace {

bool IsPlain(absl::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return absl::ascii_isgraph(c) && c != '"' && c != '=' && c != '\\';
  });
}

struct AppendText {
  std::string& line;

  void operator()(absl::string_view text) const {
    if (IsPlain(text)) {
      absl::StrAppend(&line, text);
    } else {
      absl::StrAppend(&line, "\"", absl::Utf8SafeCEscape(text), "\"");
    }
  }
  template <typename Number>
  void operator()(Number number) const {
    absl::StrAppend(&line, number);
  }
};

struct ToJson {
  nlohmann::ordered_json operator()(absl::string_view text) const { return std::string(text); }
  template <typename Number>
  nlohmann::ordered_json operator()(Number number) const {
    return number;
  }
};

}  // namespace

std::string TextLogLine(absl::string_view event, std::span<const LogField> fields) {
  std::string line = absl::StrCat("event=", event);
  for (const LogField& field : fields) {
    absl::StrAppend(&line, " ", field.key, "=");
    std::visit(AppendText{line}, field.value);
  }
  return line;
}

std::string JsonLogLine(std::initializer_list<LogField> first, absl::string_view event,
                        std::span<const LogField> fields) {
  nlohmann::ordered_json line;
  for (const LogField& field : first)
    line[std::string(field.key)] = std::visit(ToJson{}, field.value);
  line["event"] = std::string(event);
  for (const LogField& field : fields) {
    line[std::string(field.key)] = std::visit(ToJson{}, field.value);
  }
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace zerod
