#include "client/zeroctl/units.h"

#include <limits>

#include "client/zeroctl/table.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

TEST(Units, Bytes) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(1023), "1023 B");
  EXPECT_EQ(HumanBytes(1024), "1.00 KiB");
  EXPECT_EQ(HumanBytes((1ull << 20) - 1), "1.00 MiB");
  EXPECT_EQ(HumanBytes(12345678), "11.8 MiB");
  EXPECT_EQ(HumanBytes(5ull << 37), "640 GiB");
  EXPECT_EQ(HumanBytes(std::numeric_limits<std::uint64_t>::max()), "16384 PiB");
}

TEST(Units, Counts) {
  EXPECT_EQ(HumanCount(0), "0");
  EXPECT_EQ(HumanCount(999), "999");
  EXPECT_EQ(HumanCount(1000), "1.00 K");
  EXPECT_EQ(HumanCount(999999), "1.00 M");
  EXPECT_EQ(HumanCount(124439808), "124 M");
}

TEST(Units, Times) {
  EXPECT_EQ(HumanSeconds(0.0015), "1.5 ms");
  EXPECT_EQ(HumanSeconds(12.345), "12.35 s");
  EXPECT_EQ(HumanSeconds(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(HumanUptime(59.9), "0m 59s");
  EXPECT_EQ(HumanUptime(3600 * 2 + 65), "2h 1m");
  EXPECT_EQ(HumanUptime(86400 * 3 + 3600 * 4), "3d 4h");
  EXPECT_EQ(HumanUptime(-1), "?");
  EXPECT_EQ(HumanUptime(std::numeric_limits<double>::quiet_NaN()), "?");
  EXPECT_EQ(HumanTime(1.5, absl::UTCTimeZone()), "1970-01-01 00:00:01.500");
  EXPECT_NE(HumanTime(std::numeric_limits<double>::quiet_NaN(), absl::UTCTimeZone()), "");
}

TEST(Units, PrintableKeepsLettersAndDropsCommands) {
  EXPECT_EQ(Printable("größe 1"), "größe 1");
  EXPECT_EQ(Printable("a\x1b[2Jb\nc\x7f"), "a?[2Jb?c?");
  EXPECT_EQ(Printable("a\xc2\x9b"
                      "b"),
            "a??b");
}

TEST(Table, AlignsColumns) {
  Table table({{"NAME"}, {"STEP", Align::kRight}, {"STATE"}});
  table.Add({"größe", "7", "ready"});
  table.Add({"b", "12345", ""});
  EXPECT_EQ(table.Text(),
            "NAME    STEP  STATE\n"
            "größe      7  ready\n"
            "b      12345\n");
}

}  // namespace
}  // namespace zerod
