#include "examples/train_lm/corpus.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "examples/train_lm/batches.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod::train_lm {
namespace {

using testing::HasSubstr;

constexpr std::size_t kWindow = 17;

// Text in which a window's first three bytes tell where it lies.
std::vector<std::uint8_t> TellingText(std::size_t count) {
  std::vector<std::uint8_t> text(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t number = i / 3;
    text[i] = static_cast<std::uint8_t>(number >> (8 * (i % 3)));
  }
  return text;
}

class CorpusFilesTest : public testing::Test {
 protected:
  CorpusFilesTest() { std::filesystem::create_directories(folder_); }
  ~CorpusFilesTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  std::string ErrorOf(const std::string& path) {
    const auto corpus = Corpus::Load(path, kWindow);
    return corpus.ok() ? "no error" : std::string(corpus.status().message());
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("corpus_test." + std::to_string(getpid()));
};

TEST_F(CorpusFilesTest, ReadsAFolderInTheOrderOfItsPaths) {
  Write("b", std::string(300, 'b'));
  Write("a/z", std::string(200, 'a'));
  const Corpus corpus = Corpus::Load(folder_.string(), kWindow).value();
  EXPECT_EQ(corpus.text_bytes(), 500u);
  EXPECT_EQ(corpus.TrainingWindow(0)[0], 'a');
  EXPECT_EQ(corpus.TrainingWindow(corpus.training_window_count() - 1)[0], 'b');
}

TEST_F(CorpusFilesTest, ErrorsNameThePath) {
  const std::string absent = (folder_ / "absent").string();
  EXPECT_THAT(ErrorOf(absent), AllOf(HasSubstr(absent), HasSubstr("No such file")));
  const std::string empty = Write("empty", "");
  EXPECT_THAT(ErrorOf(empty), AllOf(HasSubstr(empty), HasSubstr("is empty")));
  const std::string brief = Write("brief", "too little");
  EXPECT_THAT(ErrorOf(brief), AllOf(HasSubstr(brief), HasSubstr("10 bytes"), HasSubstr("340")));
  EXPECT_THAT(ErrorOf("/dev/null"), AllOf(HasSubstr("/dev/null"), HasSubstr("neither")));
}

// Root reads everything, so for its lifetime root becomes somebody who does not.
class Unprivileged {
 public:
  Unprivileged() { EXPECT_TRUE(owner_ != 0 || seteuid(kNobody) == 0); }
  ~Unprivileged() { EXPECT_EQ(seteuid(owner_), 0); }

 private:
  static constexpr uid_t kNobody = 65534;
  const uid_t owner_ = geteuid();
};

TEST_F(CorpusFilesTest, AnUnreadableFileIsNamed) {
  const std::string path = Write("secret", std::string(1000, 'x'));
  chmod(path.c_str(), 0);
  const Unprivileged unprivileged;
  EXPECT_THAT(ErrorOf(path), AllOf(HasSubstr(path), HasSubstr("Permission denied")));
}

TEST(CorpusTest, TrainingWindowsNeverTouchHeldOutText) {
  for (const std::size_t bytes : {340u, 341u, 1000u, 5000u}) {
    const std::vector<std::uint8_t> text = TellingText(bytes);
    const Corpus corpus = Corpus::FromText(text, "memory", kWindow).value();
    const auto* first = corpus.TrainingWindow(0).data();
    std::set<std::ptrdiff_t> held_out;
    const auto windows = corpus.ValidationWindows(1000);
    ASSERT_FALSE(windows.empty());
    for (const auto window : windows) {
      ASSERT_EQ(window.size(), kWindow);
      for (const auto& byte : window) held_out.insert(&byte - first);
    }
    EXPECT_EQ(held_out.size(), windows.size() * kWindow) << "no byte is held out twice";
    for (std::size_t i = 0; i < corpus.training_window_count(); ++i) {
      const auto window = corpus.TrainingWindow(i);
      ASSERT_EQ(window.size(), kWindow);
      for (const auto& byte : window) ASSERT_FALSE(held_out.contains(&byte - first)) << i;
    }
  }
}

TEST(CorpusTest, ValidationWindowsAreTheSameEveryTimeAndSpreadOut) {
  const Corpus corpus = Corpus::FromText(TellingText(1 << 22), "memory", kWindow).value();
  const auto windows = corpus.ValidationWindows(8);
  const auto again = corpus.ValidationWindows(8);
  ASSERT_EQ(windows.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(windows[i].data(), again[i].data());
  EXPECT_GT(windows.back().data() - windows.front().data(), 1 << 20);
}

TEST(BatchesTest, DependOnTheirKeyAlone) {
  const Corpus corpus = Corpus::FromText(TellingText(100000), "memory", kWindow).value();
  auto inputs = [&](BatchKey key) {
    Batch batch;
    FillTrainingBatch(corpus, key, 4, batch);
    EXPECT_EQ(batch.sequences, 4);
    EXPECT_EQ(batch.inputs.size(), 4 * (kWindow - 1));
    return batch.inputs;
  };
  const BatchKey key{.seed = 1, .step = 2, .micro_batch = 0, .trainer = 0};
  EXPECT_EQ(inputs(key), inputs(key));
  EXPECT_NE(inputs(key), inputs({.seed = 2, .step = 2}));
  EXPECT_NE(inputs(key), inputs({.seed = 1, .step = 3}));
  EXPECT_NE(inputs(key), inputs({.seed = 1, .step = 2, .micro_batch = 1}));
  EXPECT_NE(inputs(key), inputs({.seed = 1, .step = 2, .trainer = 1}));
}

TEST(BatchesTest, TargetsAreTheNextBytes) {
  const Corpus corpus = Corpus::FromText(TellingText(1000), "memory", kWindow).value();
  Batch batch;
  FillTrainingBatch(corpus, {.seed = 5}, 2, batch);
  for (int sequence = 0; sequence < 2; ++sequence) {
    const auto begin = sequence * (kWindow - 1);
    EXPECT_TRUE(std::equal(batch.inputs.begin() + begin + 1,
                           batch.inputs.begin() + begin + kWindow - 1,
                           batch.targets.begin() + begin));
  }
}

}  // namespace
}  // namespace zerod::train_lm
