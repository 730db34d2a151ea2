// zerod-bench: what the machine at hand makes of zerod's parts. One subcommand per part.
#include <CLI/CLI.hpp>
#include <iostream>

#include "bench/commands.h"

int main(int argc, char** argv) {
  CLI::App app("Measures zerod's parts on this machine.", "zerod-bench");
  app.require_subcommand(1);
  const auto run_kernel = zerod::bench::AddKernelCommand(app);
  const auto run_step = zerod::bench::AddStepCommand(app);
  const auto run_codec_study = zerod::bench::AddCodecStudyCommand(app);
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = app.got_subcommand("kernel") ? run_kernel()
                              : app.got_subcommand("step") ? run_step()
                                                           : run_codec_study();
  if (status.ok()) return 0;
  std::cerr << "zerod-bench: " << status.message() << "\n";
  return 1;
}
