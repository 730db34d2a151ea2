#ifndef ZEROD_BENCH_KERNEL_REPORT_H_
#define ZEROD_BENCH_KERNEL_REPORT_H_

#include <string>

#include "bench/kernel_options.h"
#include "bench/kernel_run.h"

namespace zerod::bench {

// One JSON object, indented.
std::string KernelReportJson(const KernelOptions& options, const KernelTimes& times);
// The same for people.
std::string KernelReportText(const KernelOptions& options, const KernelTimes& times);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_KERNEL_REPORT_H_
