// zerod-bench: what the machine at hand makes of zerod's parts. One subcommand per part. Exits with
// 0, with 1 after an error, or with 2 when it was called wrongly.
#include <CLI/CLI.hpp>
#include <iostream>

#include "base/status_macros.h"
#include "bench/commands.h"

namespace zerod::bench {
namespace {

absl::Status Run(CLI::App& app, int argc, char** argv) {
  const auto run_kernel = AddKernelCommand(app);
  const auto run_step = AddStepCommand(app);
  const auto run_codec_study = AddCodecStudyCommand(app);
  ZEROD_RETURN_IF_ERROR(ParseSubcommand(&app, argc, argv));
  return app.got_subcommand("kernel") ? run_kernel()
         : app.got_subcommand("step") ? run_step()
                                      : run_codec_study();
}

}  // namespace
}  // namespace zerod::bench

int main(int argc, char** argv) {
  CLI::App app("Measures zerod's parts on this machine.", "zerod-bench");
  try {
    const absl::Status status = zerod::bench::Run(app, argc, argv);
    if (status.ok()) return 0;
    std::cerr << "zerod-bench: " << status.message() << "\n";
    return absl::IsInvalidArgument(status) ? 2 : 1;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
}
