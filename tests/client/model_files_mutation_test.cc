// Files that somebody has damaged: they are refused, or give exactly the weights that were written.
//
// Some damage leaves a file that is right in itself, so that no reader can tell: another value in
// the data; a byte less of the header's padding, with one less at the end of the file. Neither is
// done here. Nor can BF16 that has become F16 be told; of that the bytes must still be the same.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/base/test_folder.h"
#include "tests/client/file_mutation.h"
#include "tests/client/some_model.h"

namespace zerod {
namespace {

constexpr int kMutants = 30'000;  // of each

class MutationTest : public testing::Test {
 protected:
  // Reads what is in the folder; a mistake ends the test.
  void Judge(const std::string& mutant) {
    const auto read = ReadModelFiles(folder_.Path(), model_.parameters);
    if (!read.ok()) {
      ++refused_;
      ASSERT_FALSE(read.status().message().empty());
      return;
    }
    ++taken_;
    ASSERT_TRUE(model_.HoldsBytes(read->values)) << testing::PrintToString(mutant);
    const bool names_f16 = mutant.find("\"F16\"") != std::string::npos;
    ASSERT_TRUE(names_f16 || model_.Holds(read->values)) << testing::PrintToString(mutant);
  }

  // Some file systems send a file to the disk at once when it is truncated and written again.
  void Replace(const std::string& name, const std::string& text) {
    std::filesystem::remove(folder_.Path(name));
    folder_.Write(name, text);
  }

  const SomeModel model_;
  const TestFolder folder_;
  Mutator mutator_;
  int refused_ = 0;
  int taken_ = 0;
};

TEST_F(MutationTest, OfAFilesHeader) {
  ASSERT_TRUE(model_.Write(folder_.Path()).ok());
  const std::string good = folder_.Read("model.safetensors");
  const std::size_t end = HeaderEnd(good);
  for (int i = 0; i < kMutants; ++i) {
    const std::string mutant = i % 2 == 0 ? mutator_.Mutate(good, 0, end)
                                          : WithTrueLength(good, mutator_.Mutate(good, 8, end));
    Replace("model.safetensors", mutant);
    ASSERT_NO_FATAL_FAILURE(Judge(mutant));
  }
  // Both happen often, or the test tells nothing.
  EXPECT_GT(refused_, kMutants / 2);
  EXPECT_GT(taken_, 100);
}

// Damage that leaves every tensor with bytes, though with others.
TEST_F(MutationTest, OfWhereTensorsLie) {
  ASSERT_TRUE(model_.Write(folder_.Path()).ok());
  const std::string good = folder_.Read("model.safetensors");
  for (int i = 0; i < kMutants; ++i) {
    std::string mutant = good;
    Offsets offsets(good);
    const std::size_t which = 1 + mutator_.Below(offsets.pairs.size() - 1);
    const int by = static_cast<int>(mutator_.Below(17)) - 8;
    if (i % 3 == 0) {  // a border between two tensors
      offsets.pairs[which - 1].second += by;
      offsets.pairs[which].first += by;
      mutant = WithTrueLength(good, offsets.File());
    } else if (i % 3 == 1) {  // all from one tensor on, with the end of the file
      for (std::size_t j = which; j < offsets.pairs.size(); ++j) {
        offsets.pairs[j].first += by;
        offsets.pairs[j].second += by;
      }
      if (i % 2 == 0) offsets.pairs[which].first -= by;  // or the first of them grows
      mutant = WithTrueLength(good, offsets.File());
      mutant.resize(mutant.size() + static_cast<std::size_t>(by), ' ');
    } else {
      mutant[0] = static_cast<char>(mutant[0] + by);
    }
    Replace("model.safetensors", mutant);
    ASSERT_NO_FATAL_FAILURE(Judge(mutant));
  }
  EXPECT_GT(refused_, kMutants / 2);
  EXPECT_GT(taken_, 100);
}

TEST_F(MutationTest, OfAFilesSize) {
  ASSERT_TRUE(model_.Write(folder_.Path()).ok());
  const std::string good = folder_.Read("model.safetensors");
  for (std::size_t size = 0; size < good.size() + 100; ++size) {
    if (size == good.size()) continue;
    std::string mutant = good;
    mutant.resize(size, ' ');
    Replace("model.safetensors", mutant);
    ASSERT_NO_FATAL_FAILURE(Judge(mutant));
  }
  EXPECT_EQ(taken_, 0);
}

TEST_F(MutationTest, OfAnIndex) {
  ASSERT_TRUE(model_.Write(folder_.Path(), {.max_file_bytes = 60}).ok());
  const std::string good = folder_.Read("model.safetensors.index.json");
  for (int i = 0; i < kMutants; ++i) {
    const std::string mutant = mutator_.Mutate(good, 0, good.size());
    Replace("model.safetensors.index.json", mutant);
    ASSERT_NO_FATAL_FAILURE(Judge(mutant));
  }
  EXPECT_GT(refused_, kMutants / 2);
  EXPECT_GT(taken_, 100);
}

}  // namespace
}  // namespace zerod
