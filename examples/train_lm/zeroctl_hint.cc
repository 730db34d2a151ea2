#include "examples/train_lm/zeroctl_hint.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace zerod::train_lm {
namespace {

std::string Zeroctl() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / "zeroctl";
  if (error || !std::filesystem::exists(beside, error)) return "zeroctl";
  return beside.string();
}

// As one word of a shell's command line.
std::string Quoted(const std::string& word) {
  bool plain = !word.empty();
  for (const char c : word) {
    plain = plain &&
            (absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._/:,@", c));
  }
  return plain ? word : absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

}  // namespace

std::string DeleteCommand(const ServiceConfig& service) {
  const char* const known = std::getenv("ZEROD_TOKEN");
  const bool must_say_token =
      !service.token.empty() && (known == nullptr || service.token != known);
  // Behind "--" a name may begin with a dash.
  return absl::StrCat(Quoted(Zeroctl()), " --service ", Quoted(service.address), " delete --yes",
                      must_say_token ? " --token TOKEN" : "", " -- ", Quoted(service.job));
}

}  // namespace zerod::train_lm
