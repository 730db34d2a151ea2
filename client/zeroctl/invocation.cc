#include "client/zeroctl/invocation.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/service/address.h"

namespace zerod {
namespace {

// Empty, or what is wrong. CLI::Range would take NaN.
std::string CheckTimeout(const std::string& text) {
  double seconds = 0;
  const bool is_number = absl::SimpleAtod(text, &seconds);
  if (is_number && seconds >= 1e-3 && seconds <= 1e6) return "";
  return absl::StrCat("'", text, "' is not 0.001 to 1000000 seconds");
}

void AddService(CLI::App& app, Invocation& parsed, double& timeout_s) {
  app.add_option("--service", parsed.service.address,
                 "Address of the daemon: unix:PATH or tcp:HOST:PORT")
      ->envname("ZEROD_SERVICE")
      ->required();
  app.add_option("--timeout", timeout_s, "Seconds to wait for an answer")
      ->check(CheckTimeout, "0.001 to 1000000")
      ->capture_default_str();
  app.add_option("--tls-ca", parsed.service.tls_ca,
                 "PEM file of who signed the daemon's certificate (tcp)");
  CLI::Option* certificate = app.add_option("--tls-cert", parsed.service.tls_certificate,
                                            "PEM file of a certificate (tcp)");
  CLI::Option* key = app.add_option("--tls-key", parsed.service.tls_key,
                                    "PEM file of the certificate's key (tcp)");
  certificate->needs(key);
  key->needs(certificate);
  app.add_flag("--json", parsed.json, "Print JSON: one object, or one per event");
}

void AddToken(CLI::App& command, Invocation& parsed) {
  command.add_option("--token", parsed.token, "The job's token")->envname("ZEROD_TOKEN");
}

void AddCommands(CLI::App& app, Invocation& parsed) {
  const auto add = [&](const char* name, const char* description, Command command) {
    CLI::App* added = app.add_subcommand(name, description)->fallthrough();
    added->callback([&parsed, command] { parsed.command = command; });
    return added;
  };
  add("status", "Show the cluster's daemons", Command::kStatus);
  add("jobs", "List the jobs", Command::kJobs);
  CLI::App* job = add("job", "Describe a job", Command::kJob);
  job->add_option("NAME", parsed.job)->required();
  AddToken(*job, parsed);
  CLI::App* remove = add("delete", "Delete a job and all its state, everywhere", Command::kDelete);
  remove->add_option("NAME", parsed.job)->required();
  remove->add_flag("--yes", parsed.yes, "Don't ask");
  AddToken(*remove, parsed);
  CLI::App* events = add("events", "Show what happened last", Command::kEvents);
  events->add_option("--job", parsed.job, "Only this job's");
  events->add_flag("--follow", parsed.follow, "Go on with what happens from now on");
  app.require_subcommand(1);
}

// Where no command was recognized: what was given, and what there is. Empty where CLI11's own word
// is better.
std::string ExplainCommand(const CLI::App& app, const CLI::Error& error) {
  const bool lacks_something =
      error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  if (!lacks_something || !app.get_subcommands().empty()) return "";
  const std::vector<std::string> unknown = app.remaining();
  const bool names_one = !unknown.empty() && !absl::StartsWith(unknown.front(), "-");
  if (!names_one && app.get_option("--service")->count() == 0) return "";
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  return absl::StrCat(names_one ? absl::StrCat("there is no command '", unknown.front(), "'")
                                : "no command is given",
                      "; the commands are ",
                      absl::StrJoin(commands, ", ", [](std::string* text, const CLI::App* command) {
                        text->append(command->get_name());
                      }));
}

std::string ExplainUsage(const CLI::App* app, const CLI::Error& error) {
  std::string why = ExplainCommand(*app, error);
  if (why.empty()) why = error.what();
  return absl::StrCat("zeroctl: ", why, "\nRun zeroctl --help for what it takes.\n");
}

}  // namespace

std::optional<int> ParseInvocation(int argc, const char* const* argv, Invocation& parsed) {
  CLI::App app("Looks after a zerod daemon and its jobs.", "zeroctl");
  app.set_version_flag("--version", "zeroctl " ZEROD_VERSION);
  app.failure_message(ExplainUsage);
  double timeout_s = 10;
  AddService(app, parsed, timeout_s);
  AddCommands(app, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  if (const auto address = ParseAddress(parsed.service.address); !address.ok()) {
    std::cerr << "zeroctl: --service: " << address.status().message() << "\n";
    return kExitUsage;
  }
  parsed.service.connect_deadline = absl::Seconds(timeout_s);
  parsed.service.call_deadline = absl::Seconds(timeout_s);
  return std::nullopt;
}

}  // namespace zerod
