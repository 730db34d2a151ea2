// What watchers see.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/training_run.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/raw_client.h"

namespace zerod {
namespace {

using testing::HasSubstr;

std::vector<v1::Event> AllEvents(RawClient& client) {
  grpc::ClientContext context;
  const auto reader = client.cluster->WatchEvents(&context, {});
  std::vector<v1::Event> events;
  v1::Event event;
  while (reader->Read(&event)) events.push_back(event);
  EXPECT_TRUE(reader->Finish().ok());
  return events;
}

TEST(Events, TellAJobsLife) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "small").ok());
  const auto service = daemons.Connect();
  {
    const auto trainer = service->Attach({.job = "small", .token = "secret"});
    ASSERT_TRUE(trainer.ok()) << trainer.status();
    EXPECT_TRUE(RunTrainer(**trainer, 0, 1, {.steps = 2}, nullptr).ok());
    // A gradient that is not finite.
    const RunOptions infinite{.steps = 1,
                              .adjust = [](std::size_t, std::uint64_t, int, TensorView gradient) {
                                gradient.fp32()[0] = 1.0f / 0.0f;
                                return true;
                              }};
    EXPECT_TRUE(RunTrainer(**trainer, 0, 3, infinite, nullptr).ok());
    ASSERT_TRUE((*trainer)->Open({}).ok());
    EXPECT_TRUE((*trainer)->Abort("the loss exploded").ok());
    EXPECT_TRUE(daemons.WaitForLog("event=attempt_aborted"));
  }
  ASSERT_TRUE(daemons.WaitForLog("event=trainer_detached"));
  ASSERT_TRUE(DeleteJob(client, "small", "secret").ok());
  const auto events = AllEvents(client);
  std::vector<v1::EventKind> kinds;
  for (const v1::Event& event : events) kinds.push_back(event.kind());
  EXPECT_THAT(kinds,
              testing::ElementsAre(v1::EVENT_KIND_JOB_CREATED, v1::EVENT_KIND_TRAINER_ATTACHED,
                                   v1::EVENT_KIND_STEP_SKIPPED, v1::EVENT_KIND_ATTEMPT_ABORTED,
                                   v1::EVENT_KIND_TRAINER_DETACHED, v1::EVENT_KIND_JOB_DELETED))
      << daemons.Log();
  EXPECT_EQ(events[2].step(), 3u);
  EXPECT_THAT(events[3].message(), HasSubstr("the loss exploded"));
  EXPECT_THAT(events[1].message(), HasSubstr(std::to_string(getpid())));
}

TEST(Events, WatchersOfAJobSeeOnlyItsEvents) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "a").ok());
  ASSERT_TRUE(CreateSmallJob(client, "b").ok());
  grpc::ClientContext context;
  v1::WatchEventsRequest request;
  request.set_job("b");
  request.set_follow(true);
  const auto reader = client.cluster->WatchEvents(&context, request);
  v1::Event event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.job(), "b");
  ASSERT_TRUE(DeleteJob(client, "a", "secret").ok());
  ASSERT_TRUE(DeleteJob(client, "b", "secret").ok());
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.job(), "b");
  EXPECT_EQ(event.kind(), v1::EVENT_KIND_JOB_DELETED);
  context.TryCancel();
  reader->Finish();
}

TEST(Events, WatchersAreLimitedAndComeAndGo) {
  const Daemons daemons;
  RawClient client(daemons.address(0));
  ASSERT_TRUE(CreateSmallJob(client, "small").ok());
  v1::WatchEventsRequest request;
  request.set_follow(true);
  v1::Event event;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
    std::vector<std::unique_ptr<grpc::ClientReader<v1::Event>>> readers;
    for (int i = 0; i < 32; ++i) {
      contexts.push_back(std::make_unique<grpc::ClientContext>());
      readers.push_back(client.cluster->WatchEvents(contexts.back().get(), request));
      ASSERT_TRUE(readers.back()->Read(&event)) << readers.back()->Finish().error_message();
    }
    grpc::ClientContext context;
    const auto refused = client.cluster->WatchEvents(&context, request);
    EXPECT_FALSE(refused->Read(&event));
    EXPECT_EQ(refused->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    for (auto& watching : contexts) watching->TryCancel();
    for (auto& reader : readers) reader->Finish();
    absl::SleepFor(absl::Seconds(1.5));  // until the daemon has looked
  }
}

}  // namespace
}  // namespace zerod
