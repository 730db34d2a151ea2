#include "base/safetensors/header_parser.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace zerod {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr absl::string_view kTwo =
    R"({"__metadata__":{"by":"x"},"b":{"dtype":"U8","shape":[2],"data_offsets":[8,10]},)"
    R"("a":{"shape":[2,1],"data_offsets":[0,8],"dtype":"F32"}})";

TEST(SafetensorsHeader, TensorsComeInTheOrderOfTheirBytes) {
  const auto header = ParseSafetensorsHeader(kTwo, 10);
  ASSERT_TRUE(header.ok()) << header.status();
  ASSERT_EQ(header->tensors.size(), 2u);
  EXPECT_EQ(header->tensors[0].name, "a");
  EXPECT_EQ(header->tensors[0].dtype, StoredDType::kF32);
  EXPECT_THAT(header->tensors[0].shape, ElementsAre(2, 1));
  EXPECT_EQ(header->tensors[1].begin, 8u);
  EXPECT_EQ(header->tensors[1].end, 10u);
  EXPECT_THAT(header->metadata, ElementsAre(Pair("by", "x")));
}

TEST(SafetensorsHeader, TakesWhatIsRareAndRight) {
  const struct {
    absl::string_view text;
    std::uint64_t data_bytes;
  } cases[] = {
      {"{}", 0},
      {"{}   ", 0},
      {R"({"__metadata__":{}})", 0},
      {R"({"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1},
      {R"({"s":{"dtype":"F16","shape":[],"data_offsets":[0,2]}})", 2},
      // Empty ones lie between others.
      {R"({"e":{"dtype":"F32","shape":[0,5],"data_offsets":[1,1]},)"
       R"("b":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},)"
       R"("c":{"dtype":"U16","shape":[1],"data_offsets":[1,3]}})",
       3},
      {R"({"e":{"dtype":"F32","shape":[18446744073709551615,2,0],"data_offsets":[0,0]}})", 0},
      {R"({"é\n\u00e9":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}})", 2},
  };
  for (const auto& good : cases) {
    EXPECT_TRUE(ParseSafetensorsHeader(good.text, good.data_bytes).ok())
        << good.text << ": " << ParseSafetensorsHeader(good.text, good.data_bytes).status();
  }
}

std::string OneTensor(absl::string_view dtype, absl::string_view shape, absl::string_view offsets) {
  return absl::StrCat(R"({"w":{"dtype":)", dtype, R"(,"shape":)", shape, R"(,"data_offsets":)",
                      offsets, "}}");
}

struct BadHeader {
  std::string text;
  std::string culprit;
};

void ExpectRefused(const BadHeader& bad) {
  const absl::Status status = ParseSafetensorsHeader(bad.text, 8).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad.text;
  EXPECT_THAT(std::string(status.message()), HasSubstr(bad.culprit)) << bad.text;
}

TEST(SafetensorsHeader, WhatIsNoJsonObjectIsRefused) {
  const std::string good = OneTensor("\"F32\"", "[2]", "[0,8]");
  ASSERT_TRUE(ParseSafetensorsHeader(good, 8).ok());
  const BadHeader cases[] = {
      {"", "see byte 0"},
      {"[]", "see byte 0"},
      {" " + good, "see byte 0"},
      {"\xef\xbb\xbf" + good, "see byte 0"},
      {good + "x", "see byte"},
      {good + good, "see byte"},
      {good + std::string(1, '\0'), absl::StrCat("see byte ", good.size())},
      {good.substr(0, good.size() - 1), "see byte"},
      {"{\"\xff\":1}", "see byte"},
      {"{\"\xc0\xaf\":1}", "see byte"},
      {"{\"\xed\xa0\x80\":1}", "see byte"},
      {R"({"\ud800":1})", "see byte"},
      {R"({"w":{"dtype":"F32",}})", "see byte"},
      {R"({/**/})", "see byte"},
      {R"({"w":NaN})", "see byte"},
  };
  for (const BadHeader& bad : cases) ExpectRefused(bad);
}

TEST(SafetensorsHeader, WhatIsNoHeaderIsRefusedByName) {
  const std::string tensor = R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  const BadHeader cases[] = {
      {R"({"w":)" + tensor + R"(,"w":)" + tensor + "}", "has 'w' twice"},
      {R"({"w":)" + tensor + R"(,"\u0077":)" + tensor + "}", "has 'w' twice"},
      {R"({"__metadata__":{},"__metadata__":{}})", "'__metadata__' twice"},
      {R"({"__metadata__":{"k":"1","k":"2"}})", "the metadata has 'k' twice"},
      {R"({"__metadata__":{"k":1}})", "the metadata's 'k' can't be, or hold, a number"},
      {R"({"__metadata__":{"k":{}}})", "'k' can't be, or hold, an object"},
      {R"({"__metadata__":[]})", "the metadata can't be"},
      {R"({"w":null})", "tensor 'w' can't be, or hold, null"},
      {R"({"w":{}})", "tensor 'w' has no dtype"},
      {R"({"w":{"dtype":"F32","data_offsets":[0,8]}})", "tensor 'w' has no shape"},
      {R"({"w":{"dtype":"F32","shape":[2]}})", "tensor 'w' has no data_offsets"},
      {R"({"w":{"dtype":"F32","dtype":"F32"}})", "tensor 'w' has 'dtype' twice"},
      {R"({"w":{"size":3}})", "tensor 'w' has 'size'"},
      {R"({"new\nline":{"size":3}})", "tensor 'new\\nline'"},
  };
  for (const BadHeader& bad : cases) ExpectRefused(bad);
}

TEST(SafetensorsHeader, NumbersThatContradictEachOtherAreRefusedWithBoth) {
  const std::string f32 = "\"F32\"";
  const BadHeader cases[] = {
      {OneTensor("\"F64\"", "[1]", "[0,8]"), "the dtype of tensor 'w' is 'F64'"},
      {OneTensor("\"f32\"", "[2]", "[0,8]"), "'f32'"},
      {OneTensor("32", "[2]", "[0,8]"), "the dtype of tensor 'w' can't be"},
      {OneTensor(f32, "2", "[0,8]"), "the shape of tensor 'w' can't be, or hold, a number"},
      {OneTensor(f32, "[[2]]", "[0,8]"), "the shape of tensor 'w' can't be, or hold, an array"},
      {OneTensor(f32, "[-2]", "[0,8]"), "no unsigned integer of 64 bits"},
      {OneTensor(f32, "[-0]", "[0,8]"), "no unsigned integer of 64 bits"},
      {OneTensor(f32, "[2.0]", "[0,8]"), "no unsigned integer of 64 bits"},
      {OneTensor(f32, "[2e0]", "[0,8]"), "no unsigned integer of 64 bits"},
      {OneTensor(f32, "[18446744073709551618]", "[0,8]"), "no unsigned integer of 64 bits"},
      {OneTensor(f32, "[true]", "[0,8]"), "the shape of tensor 'w' can't be, or hold, true"},
      {OneTensor(f32, "[\"2\"]", "[0,8]"), "a text"},
      {OneTensor(f32, "[4611686018427387906]", "[0,8]"), "more than 64 bits"},
      {OneTensor(f32, "[4294967296,4294967296,2]", "[0,8]"), "more than 64 bits"},
      {OneTensor(f32, "[2]", "[0,8,8]"), "the data_offsets of tensor 'w' are more than 2"},
      {OneTensor(f32, "[2]", "[8]"), "are 1 numbers, not 2"},
      {OneTensor(f32, "[2]", "[]"), "are 0 numbers, not 2"},
      {OneTensor(f32, "[2]", "[8,0]"), "[8, 0], which end before they begin"},
      {OneTensor(f32, "[3]", "[0,8]"), "F32 [3], which takes 12 bytes; its data_offsets [0, 8]"},
      {OneTensor(f32, "[3]", "[0,12]"), "[0, 12]; the file holds 8 bytes"},
      {OneTensor(f32, "[1]", "[0,4]"), "bytes 4..8 of the data belong to no tensor"},
      {OneTensor(f32, "[1]", "[4,8]"), "bytes 0..4 of the data belong to no tensor"},
      {"{}", "bytes 0..8 of the data belong to no tensor"},
      {R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},)"
       R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
       "tensors 'a', data_offsets [0, 5], and 'b', data_offsets [4, 8], overlap"},
      {R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
       R"("b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
       "overlap"},
  };
  for (const BadHeader& bad : cases) ExpectRefused(bad);
  std::string many = "[2";
  for (std::size_t i = 0; i < kMaxStoredExtents; ++i) many += ",1";
  ExpectRefused({OneTensor(f32, many + "]", "[0,8]"), "more than 64 extents"});
}

}  // namespace
}  // namespace zerod
