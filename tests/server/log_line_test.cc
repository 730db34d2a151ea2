#include "server/log_line.h"

#include <vector>

#include "gtest/gtest.h"

namespace zerod {
namespace {

std::string Text(std::vector<LogField> fields) { return TextLogLine("tested", fields); }

TEST(LogLine, IsKeysAndValues) {
  EXPECT_EQ(Text({}), "event=tested");
  EXPECT_EQ(Text({{"job", "gpt"}, {"ranks", 4}, {"bytes", std::uint64_t{5}}, {"norm", 0.5}}),
            "event=tested job=gpt ranks=4 bytes=5 norm=0.5");
}

// A job may be called anything.
TEST(LogLine, NoValueForgesALineOrAField) {
  EXPECT_EQ(Text({{"job", "a b"}}), "event=tested job=\"a b\"");
  EXPECT_EQ(Text({{"job", ""}}), "event=tested job=\"\"");
  EXPECT_EQ(Text({{"job", "x\nevent=job_deleted"}}), "event=tested job=\"x\\nevent=job_deleted\"");
  EXPECT_EQ(Text({{"job", "x\" rank=\"1"}}), "event=tested job=\"x\\\" rank=\\\"1\"");
  EXPECT_EQ(Text({{"job", "a=b"}}), "event=tested job=\"a=b\"");
}

TEST(LogLine, IsOneJsonObject) {
  const std::vector<LogField> fields = {{"job", "a\n\"b\""}, {"ranks", 4}};
  EXPECT_EQ(JsonLogLine({{"node", 1}}, "tested", fields),
            R"({"node":1,"event":"tested","job":"a\n\"b\"","ranks":4})");
}

TEST(LogLine, JsonSurvivesBytesThatAreNoText) {
  const std::vector<LogField> fields = {{"job", "a\xff"}};
  EXPECT_EQ(JsonLogLine({}, "tested", fields), "{\"event\":\"tested\",\"job\":\"a\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace zerod
