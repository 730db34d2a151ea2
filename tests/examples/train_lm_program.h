#ifndef ZEROD_TESTS_EXAMPLES_TRAIN_LM_PROGRAM_H_
#define ZEROD_TESTS_EXAMPLES_TRAIN_LM_PROGRAM_H_

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace zerod::train_lm {

struct Outcome {
  int exit_code = 0;
  std::string output;
};

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs the program in a folder of its own, with a text to learn from.
class TrainLmProgramTest : public testing::Test {
 protected:
  TrainLmProgramTest() {
    std::filesystem::create_directories(folder_);
    std::ofstream text(folder_ / "text");
    for (int i = 0; i < 3000; ++i) text << "line " << i % 10 << " of a dull text\n";
  }
  ~TrainLmProgramTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // A model so small that a step takes a few milliseconds.
  std::string Command(const std::string& options) const {
    return std::string(TRAIN_LM_PROGRAM) + " --text " + Path("text") +
           " --layers 2 --width 32 --heads 2 --context 16 --batch 4 --steps 30 --warmup 5"
           " --eval-every 10 " +
           options;
  }
  Outcome Run(const std::string& command) const {
    const int status = std::system((command + " > " + Path("output") + " 2>&1").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(folder_ / "output")};
  }
  nlohmann::json SummaryOf(const std::string& options) const {
    const Outcome outcome = Run(Command(options + " --summary " + Path("summary")));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    return nlohmann::json::parse(ReadFile(folder_ / "summary"), nullptr, false);
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("train_lm_test." + std::to_string(getpid()));
};

}  // namespace zerod::train_lm

#endif  // ZEROD_TESTS_EXAMPLES_TRAIN_LM_PROGRAM_H_
