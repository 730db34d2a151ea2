#include "base/quoted.h"

#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(Quoted, ShowsForeignNamesSafely) {
  EXPECT_EQ(Quoted("block.0"), "'block.0'");
  EXPECT_EQ(Quoted("é"), "'é'");
  EXPECT_EQ(Quoted("a\n'\x1b"), "'a\\n\\'\\x1b'");
  // Never a part of a character.
  EXPECT_EQ(Quoted(std::string(199, 'x') + "éé"), "'" + std::string(199, 'x') + "...'");
  EXPECT_EQ(Quoted(std::string(200, 'x')), "'" + std::string(200, 'x') + "'");
}

TEST(Quoted, ListsAFewAndCountsTheRest) {
  EXPECT_EQ(QuotedList(std::vector<std::string>{"a", "b"}), "'a', 'b'");
  const std::vector<std::string> many(25, "n");
  EXPECT_TRUE(QuotedList(many).ends_with("'n' and 5 more"));
}

}  // namespace
}  // namespace zerod
