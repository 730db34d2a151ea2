#include "server/values_progress.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::HasSubstr;

// Three parameters of 4, 0 and 3 elements.
std::vector<Parameter> Parameters() {
  std::vector<Parameter> parameters(3);
  parameters[0].spec.name = "a";
  parameters[0].element_count = 4;
  parameters[1].spec.name = "empty";
  parameters[2].spec.name = "b";
  parameters[2].element_count = 3;
  return parameters;
}

TEST(ValuesProgress, TakesEveryElementOnceAndInOrder) {
  const std::vector<Parameter> parameters = Parameters();
  ValuesProgress progress(parameters);
  EXPECT_TRUE(progress.Take(0, 0, 1).ok());
  EXPECT_TRUE(progress.Take(0, 1, 3).ok());
  EXPECT_TRUE(progress.Take(1, 0, 0).ok());
  EXPECT_TRUE(progress.Take(2, 0, 3).ok());
  EXPECT_TRUE(progress.Finish().ok());
}

TEST(ValuesProgress, EmptyParametersMayBeLeftOut) {
  const std::vector<Parameter> parameters = Parameters();
  ValuesProgress progress(parameters);
  EXPECT_TRUE(progress.Take(0, 0, 4).ok());
  EXPECT_TRUE(progress.Take(2, 0, 3).ok());
  EXPECT_TRUE(progress.Finish().ok());
  const std::vector<Parameter> none(2);
  EXPECT_TRUE(ValuesProgress(none).Finish().ok());
}

TEST(ValuesProgress, NamesWhatIsWrong) {
  const std::vector<Parameter> parameters = Parameters();
  const auto refusal = [&](std::size_t parameter, std::uint64_t first, std::uint64_t count) {
    ValuesProgress progress(parameters);
    EXPECT_TRUE(progress.Take(0, 0, 2).ok());
    const absl::Status status = progress.Take(parameter, first, count);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(refusal(0, 0, 2), HasSubstr("element 2 of parameter 'a' was next"));  // twice
  EXPECT_THAT(refusal(0, 3, 1), HasSubstr("from element 3 on"));                    // a gap
  EXPECT_THAT(refusal(0, 2, 3), HasSubstr("3 values of parameter 'a' (4 elements)"));
  EXPECT_THAT(refusal(0, 2, ~std::uint64_t{0}), HasSubstr("parameter 'a'"));
  EXPECT_THAT(refusal(2, 0, 3), HasSubstr("parameter 'b'"));  // too early
  EXPECT_THAT(refusal(3, 0, 1), HasSubstr("parameter 3; the job has 3"));
}

TEST(ValuesProgress, EmptyMessagesAreRefused) {
  const std::vector<Parameter> parameters = Parameters();
  ValuesProgress progress(parameters);
  // Or a client could keep a creation, and its memory, for ever without sending anything.
  EXPECT_FALSE(progress.Take(0, 0, 0).ok());
  EXPECT_TRUE(progress.Take(1, 0, 0).ok());
  EXPECT_FALSE(progress.Take(1, 0, 0).ok());
}

TEST(ValuesProgress, NamesTheFirstParameterThatLacksValues) {
  const std::vector<Parameter> parameters = Parameters();
  ValuesProgress progress(parameters);
  EXPECT_THAT(std::string(progress.Finish().message()), HasSubstr("'a' end after 0 of 4"));
  EXPECT_TRUE(progress.Take(0, 0, 4).ok());
  EXPECT_THAT(std::string(progress.Finish().message()), HasSubstr("'b' end after 0 of 3"));
}

}  // namespace
}  // namespace zerod
