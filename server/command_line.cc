#include "server/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "server/byte_count.h"
#include "server/version.h"

namespace zerod {
namespace {

// What CLI11 can't take apart itself.
struct Texts {
  std::string devices = "cpu:1";
  std::string memory_limit = "0";
  std::string socket_mode = "600";
};

void AddDeadline(CLI::App& app, const std::string& name, absl::Duration& value,
                 const std::string& description) {
  app.add_option_function<std::string>(
         name,
         [name, &value](const std::string& text) {
           if (absl::ParseDuration(text, &value)) return;
           throw CLI::ValidationError(
               name, "'" + text + "' is not a duration; write e.g. 500ms, 10s, 5m");
         },
         description)
      ->default_str(absl::FormatDuration(value));
}

void AddDeadlines(CLI::App& app, Flags& flags) {
  AddDeadline(app, "--step-deadline", flags.step_deadline,
              "How long a rank waits within a step for its trainer, or for another rank");
  AddDeadline(app, "--create-deadline", flags.create_deadline,
              "Longest pause between a new job's values");
  AddDeadline(app, "--peer-deadline", flags.peer_deadline, "Answer of another daemon");
  AddDeadline(app, "--handshake-deadline", flags.handshake_deadline,
              "From a trainer's connection for descriptors to its ticket");
  AddDeadline(app, "--ticket-lifetime", flags.ticket_lifetime,
              "From an attach to the claim of its descriptors");
  AddDeadline(app, "--shutdown-deadline", flags.shutdown_deadline,
              "For decided steps to end, and for the other daemons to leave");
}

template <typename Enum>
struct Choice {
  std::string name;
  Enum value;
};

// `value` is one of the choices.
template <typename Enum>
CLI::Option* AddChoice(CLI::App& app, const std::string& name, Enum& value,
                       const std::vector<Choice<Enum>>& choices) {
  std::vector<std::string> names;
  for (const Choice<Enum>& choice : choices) names.push_back(choice.name);
  const std::string all = absl::StrJoin(names, "|");
  return app
      .add_option_function<std::string>(
          name,
          [name, &value, choices, all](const std::string& text) {
            const auto found = std::ranges::find(choices, text, &Choice<Enum>::name);
            if (found == choices.end()) {
              throw CLI::ValidationError(name, "'" + text + "' is not one of " + all);
            }
            value = found->value;
          })
      ->type_name(all)
      ->default_str(std::ranges::find(choices, value, &Choice<Enum>::value)->name);
}

void AddOptions(CLI::App& app, Flags& flags, Texts& texts) {
  app.set_version_flag("--version", std::string("zerod ") + kVersion);
  app.set_config("--config", "", "TOML or INI file with any of these options");
  app.allow_config_extras(CLI::config_extras_mode::error);  // a typo must not leave a default
  app.add_option(
      "--listen", flags.listen,
      "unix:PATH or tcp:HOST:PORT; may be repeated. {node} stands for the node's number");
  app.add_option("--devices", texts.devices, "cpu:K for K ranks on this node")
      ->capture_default_str();
  app.add_option("--threads-per-rank", flags.threads_per_rank,
                 "Threads that compute for each rank of each job; changes no bit")
      ->capture_default_str();
  app.add_option("--memory-limit", texts.memory_limit,
                 "Bytes that all jobs of this node may hold, e.g. 8G; 0: what is free at the start")
      ->capture_default_str();
  app.add_option("--max-jobs", flags.max_jobs, "Jobs at one time")->capture_default_str();
  app.add_option("--socket-mode", texts.socket_mode, "Of the Unix sockets, octal")
      ->capture_default_str();
  app.add_option("--allow-uid", flags.allow_uid,
                 "Numeric user beside root and the daemon's own whose trainers may attach");
  AddChoice<WorldKind>(
      app, "--world", flags.world,
      {{"auto", WorldKind::kAuto}, {"single", WorldKind::kSingle}, {"mpi", WorldKind::kMpi}})
      ->description("Where the other daemons come from; auto: from mpirun, if it started this");
  app.add_option("--tls-cert", flags.tls_cert, "PEM file: this daemon's certificate");
  app.add_option("--tls-key", flags.tls_key, "PEM file: its private key");
  app.add_option("--tls-ca", flags.tls_ca, "PEM file: who signs clients' certificates");
  AddChoice<LogFormat>(app, "--log-format", flags.log_format,
                       {{"text", LogFormat::kText}, {"json", LogFormat::kJson}})
      ->description("Of the log on standard error");
  AddChoice<LogLevel>(app, "--log-level", flags.log_level,
                      {{"debug", LogLevel::kDebug},
                       {"info", LogLevel::kInfo},
                       {"warning", LogLevel::kWarning},
                       {"error", LogLevel::kError}})
      ->description("The least that is logged");
  AddDeadlines(app, flags);
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  Texts texts;
  CLI::App app("zerod: a sharded optimizer service", "zerod");
  AddOptions(app, line.flags, texts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    line.answer = app.help();
    return line;
  } catch (const CLI::CallForVersion&) {
    line.answer = std::string("zerod ") + kVersion + "\n";
    return line;
  } catch (const CLI::ConfigError& error) {
    // "INI was not able to parse NAME", whatever is wrong with it.
    const std::vector<std::string> words = absl::StrSplit(error.what(), ' ');
    return absl::InvalidArgumentError(
        absl::StrCat("the file that --config names: '", words.back(),
                     "' is no option; they are those of --help, without dashes"));
  } catch (const CLI::Error& error) {
    return absl::InvalidArgumentError(error.what());
  }
  ZEROD_ASSIGN_OR_RETURN(line.flags.ranks, ParseDevices(texts.devices));
  ZEROD_ASSIGN_OR_RETURN(line.flags.socket_mode, ParseSocketMode(texts.socket_mode));
  auto memory_limit = ParseByteCount(texts.memory_limit);
  if (!memory_limit.ok()) {
    return absl::InvalidArgumentError("--memory-limit: " +
                                      std::string(memory_limit.status().message()));
  }
  line.flags.memory_limit_bytes = *memory_limit;
  ZEROD_RETURN_IF_ERROR(ValidateFlags(line.flags));
  return line;
}

}  // namespace zerod
