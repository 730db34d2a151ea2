// What a step costs an attached trainer in system calls, whatever the number of its buckets:
// nothing on the way of a bucket is a call.
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sidecar_run.h"

namespace zerod {
namespace {

struct Calls {
  double sends = 0;  // what an RPC needs at least one of
  double all = 0;
};

JobSpec Model(const std::string& name, std::uint64_t bucket_bytes) {
  JobSpec spec;
  spec.name = name;
  for (int i = 0; i < 8; ++i) {
    spec.parameters.push_back({.name = absl::StrCat("w", i), .shape = {64, 256}});
  }
  spec.bucket_bytes = bucket_bytes;
  return spec;
}

class StepCost : public testing::Test {
 protected:
  // Calls of a whole trainer process that trains `steps` and dies, counted by strace -c.
  Calls CallsOfProcess(const std::string& job, int steps) {
    const std::string table = daemons_.folder() + "/calls";
    ChildProcess trainer({"/usr/bin/strace", "-f", "-c", "-qq", "-o", table, ZEROD_HOSTILE_TRAINER,
                          daemons_.address(0), job, "0", absl::StrCat(steps + 1), "leave"},
                         daemons_.folder() + "/trainer");
    EXPECT_EQ(trainer.Wait(absl::Now() + absl::Minutes(2)), 0)
        << "strace, or the trainer under it, failed";
    Calls calls;
    std::ifstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream fields(line);
      std::string share, seconds, microseconds, count, name, last;
      fields >> share >> seconds >> microseconds >> count >> name >> last;
      const std::string& call = last.empty() ? name : last;  // a column of errors may precede it
      if (call == "sendmsg") calls.sends += std::stod(count);
      if (call == "total") calls.all += std::stod(count);
    }
    EXPECT_GT(calls.all, 0) << "no table from strace";
    return calls;
  }

  Calls CallsPerStep(const JobSpec& spec) {
    const InitialValues initial(spec);
    const auto service = daemons_.Connect();
    EXPECT_TRUE(service->CreateJob(spec, {}, "", initial.views).ok());
    constexpr int kFew = 20, kMany = 120;
    const Calls few = CallsOfProcess(spec.name, kFew);
    EXPECT_TRUE(service->DeleteJob(spec.name, "").ok());
    EXPECT_TRUE(service->CreateJob(spec, {}, "", initial.views).ok());
    const Calls many = CallsOfProcess(spec.name, kMany);
    return {.sends = (many.sends - few.sends) / (kMany - kFew),
            .all = (many.all - few.all) / (kMany - kFew)};
  }

  Daemons daemons_;
};

TEST_F(StepCost, IsOneCallHoweverManyBuckets) {
  const Calls one = CallsPerStep(Model("one-bucket", 8 << 20));
  const Calls many = CallsPerStep(Model("many-buckets", 512));  // 512 of them
  RecordProperty("sends_per_step_1_bucket", absl::StrCat(one.sends));
  RecordProperty("sends_per_step_512_buckets", absl::StrCat(many.sends));
  RecordProperty("calls_per_step_1_bucket", absl::StrCat(one.all));
  RecordProperty("calls_per_step_512_buckets", absl::StrCat(many.all));
  for (const Calls& calls : {one, many}) {
    EXPECT_GE(calls.sends, 1.0);
    EXPECT_LE(calls.sends, 1.5);
  }
  EXPECT_LE(one.all, 40.0);
  // Only a rank or a trainer that sleeps is woken by a call; what runs finds the next bucket rung.
  EXPECT_LE(many.all, one.all + 64.0);
}

}  // namespace
}  // namespace zerod
