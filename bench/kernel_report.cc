#include "bench/kernel_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "bench/spread.h"
#include "kernels/cpu_target.h"

namespace zerod::bench {
namespace {

std::string ToString(absl::string_view text) { return std::string(text); }

nlohmann::json Report(const KernelOptions& options, const KernelTimes& times) {
  const Spread update = SpreadOf(times.update_s);
  const Spread copy = SpreadOf(times.copy_s);
  const Spread scalar = SpreadOf(times.scalar_s);
  const auto elements = static_cast<double>(options.element_count);
  const double params_per_second = elements / update.median;
  const double bytes_per_second = times.update_bytes / update.median;
  const double copy_bytes_per_second = times.copy_bytes / copy.median;
  const double scalar_params_per_second = times.scalar_elements / scalar.median;
  return {{"optimizer", ToString(OptimizerName(options.optimizer))},
          {"dtype", ToString(DTypeName(options.dtype))},
          {"codec", ToString(StateCodecName(options.codec))},
          {"master", ToString(MasterFormatName(options.master))},
          {"rounding", ToString(MasterRoundingName(options.rounding))},
          {"gradient_dtype", ToString(DTypeName(options.gradient_dtype))},
          {"target", CpuTargetName()},
          {"elements", options.element_count},
          {"threads", options.thread_count},
          {"repetitions", options.repetition_count},
          {"median_seconds", update.median},
          {"interquartile_range_seconds", update.interquartile_range},
          {"params_per_second", params_per_second},
          {"bytes_per_parameter", times.update_bytes / elements},
          {"bytes_per_second", bytes_per_second},
          {"copy_bytes_per_second", copy_bytes_per_second},
          {"fraction_of_copy", bytes_per_second / copy_bytes_per_second},
          {"scalar_params_per_second", scalar_params_per_second},
          {"speedup_over_scalar", params_per_second / scalar_params_per_second}};
}

}  // namespace

std::string KernelReportJson(const KernelOptions& options, const KernelTimes& times) {
  return Report(options, times).dump(2);
}

std::string KernelReportText(const KernelOptions& options, const KernelTimes& times) {
  const nlohmann::json report = Report(options, times);
  const auto number = [&](const char* key) { return report.at(key).get<double>(); };
  return absl::StrFormat(
      "%s, codec %s, %s weights, master %s, rounding %s, %s gradients, %d elements, %d thread(s), "
      "%s\n"
      "  update        %8.3f Gparam/s   %7.2f ms, interquartile range %.2f ms, %d repetitions\n"
      "  memory        %8.2f GB/s       %.3f bytes per parameter\n"
      "  copy          %8.2f GB/s       the update reaches %.0f %% of it\n"
      "  reference     %8.3f Gparam/s   the update is %.1f times as fast\n",
      OptimizerName(options.optimizer), StateCodecName(options.codec), DTypeName(options.dtype),
      MasterFormatName(options.master), MasterRoundingName(options.rounding),
      DTypeName(options.gradient_dtype), options.element_count, options.thread_count,
      CpuTargetName(), number("params_per_second") / 1e9, number("median_seconds") * 1e3,
      number("interquartile_range_seconds") * 1e3, options.repetition_count,
      number("bytes_per_second") / 1e9, number("bytes_per_parameter"),
      number("copy_bytes_per_second") / 1e9, number("fraction_of_copy") * 100,
      number("scalar_params_per_second") / 1e9, number("speedup_over_scalar"));
}

}  // namespace zerod::bench
