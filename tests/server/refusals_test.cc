// What trainers get wrong together, or may not do, comes back by name and harms nothing.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/bad_input.h"
#include "tests/server/sidecar_run.h"

namespace zerod {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;

class Refusals : public testing::Test {
 protected:
  Refusals() {
    spec_.name = "model";
    const InitialValues initial(spec_);
    EXPECT_TRUE(service_->CreateJob(spec_, {}, "secret", initial.views).ok());
  }

  absl::Status AttachExpecting(const JobSpec& expected) {
    return service_->Attach({.job = "model", .token = "secret", .expected = &expected}).status();
  }

  Daemons daemons_{{.ranks_per_node = {2}, .flags = {"--socket-mode", "666"}}};
  JobSpec spec_ = TwoMatrices();
  const std::unique_ptr<Service> service_ = daemons_.Connect();
};

TEST_F(Refusals, AnotherModelIsToldWhereItDiffers) {
  JobSpec other = spec_;
  other.parameters[1].shape[0] += 1;
  EXPECT_THAT(AttachExpecting(other), IsError(StatusCode::kFailedPrecondition,
                                              AllOf(HasSubstr("'model'"), HasSubstr("'second'"))));
  other = spec_;
  other.codec = StateCodec::kFlash;
  EXPECT_THAT(AttachExpecting(other), IsError(StatusCode::kFailedPrecondition, HasSubstr("flash")));
  EXPECT_TRUE(AttachExpecting(spec_).ok());
}

TEST_F(Refusals, ATakenRankSaysByWhom) {
  const AttachOptions attach{.job = "model", .token = "secret", .rank = 1};
  const auto trainer = service_->Attach(attach);
  ASSERT_TRUE(trainer.ok()) << trainer.status();
  ASSERT_TRUE(daemons_.WaitForLog("event=trainer_attached"));  // it learns who came a little later
  EXPECT_THAT(service_->Attach(attach).status(),
              IsError(StatusCode::kAlreadyExists,
                      AllOf(HasSubstr("rank 1"), HasSubstr(absl::StrCat("process ", getpid())))));
}

TEST_F(Refusals, AnotherTokenOpensNothing) {
  EXPECT_EQ(service_->Attach({.job = "model", .token = "guess"}).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(service_->DeleteJob("model", "guess").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(service_->Statistics("model", "").status().code(), StatusCode::kPermissionDenied);
}

TEST_F(Refusals, HyperparametersThatDisagreeAreNamedWithBothValues) {
  std::vector<std::unique_ptr<Trainer>> trainers;
  for (int rank : {0, 1}) {
    trainers.push_back(*service_->Attach({.job = "model", .token = "secret", .rank = rank}));
  }
  const auto step = [&](int rank, double lr) -> absl::Status {
    for (std::size_t parameter : {0, 1}) {
      const absl::Status marked = trainers[rank]->MarkGradientAbsent(parameter);
      if (!marked.ok()) return marked;
    }
    const absl::Status committed = trainers[rank]->Step({.hyperparameters = {{.lr = lr}}});
    return committed.ok() ? trainers[rank]->Result().status() : committed;
  };
  absl::Status other;
  std::thread second([&] { other = step(1, 0.25); });
  const absl::Status first = step(0, 0.5);
  second.join();
  for (const absl::Status& seen : {first, other}) {
    EXPECT_THAT(seen,
                IsError(StatusCode::kAborted,
                        HasSubstr("rank 1's lr of group 'default' is 0.25, rank 0's is 0.5")));
  }
}

TEST_F(Refusals, AnAttemptThatOneTrainerGivesUpIsToldToAll) {
  std::vector<std::unique_ptr<Trainer>> trainers;
  for (int rank : {0, 1}) {
    trainers.push_back(*service_->Attach({.job = "model", .token = "secret", .rank = rank}));
    ASSERT_TRUE(trainers[rank]->Open({}).ok());
  }
  ASSERT_TRUE(trainers[1]->Abort("the batch can't be read").ok());
  for (const auto& trainer : trainers) {
    absl::Status seen;
    while (seen.ok()) seen = trainer->WaitForGradientBuffers();
    EXPECT_THAT(seen, IsError(StatusCode::kAborted,
                              AllOf(HasSubstr("rank 1's trainer"),
                                    HasSubstr("gave step 1 up: the batch can't be read"))));
  }
}

// Only root can become somebody else; for everybody else the rule itself has a test (MayClaim).
TEST_F(Refusals, OneselfMayAttachAndAnotherUserMayNot) {
  JobSpec open = spec_;
  open.name = "open";
  const InitialValues initial(open);
  ASSERT_TRUE(service_->CreateJob(open, {}, "", initial.views).ok());
  const std::string said = daemons_.folder() + "/said";
  const std::vector<std::string> attach = {
      ZEROD_HOSTILE_TRAINER, daemons_.address(0), "open", "0", "1", "leave"};
  EXPECT_EQ(ChildProcess(attach, said).Wait(absl::Now() + absl::Minutes(1)), 0);
  if (getuid() != 0) return;
  // The folder is this user's alone; the program need not be in it.
  ASSERT_EQ(chmod(daemons_.folder().c_str(), 0755), 0);
  std::vector<std::string> as_stranger = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534",
                                          "--clear-groups"};
  as_stranger.insert(as_stranger.end(), attach.begin(), attach.end());
  ChildProcess stranger(as_stranger, said);
  EXPECT_EQ(stranger.Wait(absl::Now() + absl::Minutes(1)), 4);
  std::ifstream file(said);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(text, AllOf(HasSubstr("PERMISSION_DENIED"), HasSubstr("65534")));
}

}  // namespace
}  // namespace zerod
