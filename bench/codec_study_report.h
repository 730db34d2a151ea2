#ifndef ZEROD_BENCH_CODEC_STUDY_REPORT_H_
#define ZEROD_BENCH_CODEC_STUDY_REPORT_H_

#include <span>
#include <string>

#include "bench/codec_study_run.h"

namespace zerod::bench {

// An array with one object per row, indented.
std::string StudyReportJson(std::span<const StudyRow> rows, const StudySize& size);
// One line per scenario and a column per codec for people. `rows` are grouped by scenario, with the
// same codecs in the same order. A note says so when `size` is not the one of the goals.
std::string StudyReportText(std::span<const StudyRow> rows, const StudySize& size);

}  // namespace zerod::bench

#endif  // ZEROD_BENCH_CODEC_STUDY_REPORT_H_
