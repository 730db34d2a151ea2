#include <string>

#include "absl/strings/str_cat.h"
#include "bench/commands.h"

namespace zerod::bench {

absl::Status ParseSubcommand(CLI::App* app, int argc, const char* const* argv) {
  // CLI11 would only say that a subcommand is required, not which word is none. Subcommands take
  // over what was set when they were added, so that their own extras are still refused.
  app->require_subcommand(0, 1);
  app->allow_extras();
  app->parse(argc, argv);
  std::string names;
  for (const CLI::App* subcommand : app->get_subcommands([](const CLI::App*) { return true; })) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", subcommand->get_name());
  }
  if (const auto extras = app->remaining(); !extras.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", extras.front(), "' is not a subcommand; there are ", names));
  }
  if (app->get_subcommands().empty()) {
    return absl::InvalidArgumentError(absl::StrCat("name a subcommand; there are ", names));
  }
  return absl::OkStatus();
}

}  // namespace zerod::bench
