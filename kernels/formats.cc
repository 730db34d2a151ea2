#include "zerod/kernels/formats.h"

#include "absl/strings/str_cat.h"

namespace zerod {

absl::string_view StateCodecName(StateCodec codec) {
  switch (codec) {
    case StateCodec::kFp32:
      return "fp32";
    case StateCodec::kFlash:
      return "flash";
    case StateCodec::kRobust:
      return "robust";
  }
  return "unknown codec";
}

absl::string_view MasterFormatName(MasterFormat format) {
  switch (format) {
    case MasterFormat::kNone:
      return "none";
    case MasterFormat::k24:
      return "24";
    case MasterFormat::k32:
      return "32";
  }
  return "unknown master format";
}

absl::string_view MasterRoundingName(MasterRounding rounding) {
  switch (rounding) {
    case MasterRounding::kNearest:
      return "nearest";
    case MasterRounding::kStochastic:
      return "stochastic";
  }
  return "unknown master rounding";
}

absl::StatusOr<StateCodec> ParseStateCodec(absl::string_view text) {
  for (StateCodec codec : {StateCodec::kFp32, StateCodec::kFlash, StateCodec::kRobust}) {
    if (text == StateCodecName(codec)) return codec;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("state codec '", text, "' is not fp32, flash or robust"));
}

absl::StatusOr<MasterFormat> ParseMasterFormat(absl::string_view text) {
  for (MasterFormat format : {MasterFormat::kNone, MasterFormat::k24, MasterFormat::k32}) {
    if (text == MasterFormatName(format)) return format;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("master format '", text, "' is not none, 24 or 32"));
}

absl::StatusOr<MasterRounding> ParseMasterRounding(absl::string_view text) {
  for (MasterRounding rounding : {MasterRounding::kNearest, MasterRounding::kStochastic}) {
    if (text == MasterRoundingName(rounding)) return rounding;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("master rounding '", text, "' is not nearest or stochastic"));
}

}  // namespace zerod
