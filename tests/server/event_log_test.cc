#include "server/event_log.h"

#include <thread>

#include "gtest/gtest.h"

namespace zerod {
namespace {

void Append(EventLog& log, int count) {
  for (int i = 0; i < count; ++i) {
    v1::Event event;
    event.set_kind(v1::EVENT_KIND_JOB_CREATED);
    log.Append(event);
  }
}

TEST(EventLog, NumbersEvents) {
  EventLog log(/*node=*/2);
  Append(log, 3);
  auto watcher = *log.Watch();
  const auto events = watcher.Next(absl::ZeroDuration());
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].number(), 1u);
  EXPECT_EQ(events[2].number(), 3u);
  EXPECT_EQ(events[1].node(), 2);
  EXPECT_GT(events[1].time_seconds(), 1.7e9);
  EXPECT_TRUE(watcher.Next(absl::ZeroDuration()).empty());
}

TEST(EventLog, WakesItsWatchers) {
  EventLog log(0);
  auto watcher = *log.Watch();
  std::thread writer([&] { Append(log, 1); });
  EXPECT_EQ(watcher.Next(absl::Minutes(1)).size(), 1u);
  writer.join();
}

TEST(EventLog, SaysHowManyASlowWatcherHasLost) {
  EventLog log(0);
  auto watcher = *log.Watch();
  Append(log, 2);
  EXPECT_EQ(watcher.Next(absl::ZeroDuration()).size(), 2u);
  Append(log, EventLog::kCapacity + 7);
  const auto events = watcher.Next(absl::ZeroDuration());
  ASSERT_EQ(events.size(), 1 + EventLog::kCapacity);
  EXPECT_EQ(events[0].kind(), v1::EVENT_KIND_EVENTS_LOST);
  EXPECT_EQ(events[0].lost(), 7u);
  EXPECT_EQ(events[1].number(), 10u);
}

TEST(EventLog, ANewWatcherHasLostNothing) {
  EventLog log(0);
  Append(log, EventLog::kCapacity + 7);
  const auto events = log.Watch()->Next(absl::ZeroDuration());
  ASSERT_EQ(events.size(), EventLog::kCapacity);
  EXPECT_EQ(events[0].kind(), v1::EVENT_KIND_JOB_CREATED);
}

TEST(EventLog, LimitsItsWatchers) {
  EventLog log(0);
  {
    std::vector<EventLog::Watcher> watchers;
    for (int i = 0; i < EventLog::kMaxWatchers; ++i) watchers.push_back(*log.Watch());
    EXPECT_EQ(log.Watch().status().code(), absl::StatusCode::kResourceExhausted);
  }
  EXPECT_TRUE(log.Watch().ok());
}

TEST(EventLog, CloseEndsWatchersAfterTheLastEvent) {
  EventLog log(0);
  auto watcher = *log.Watch();
  Append(log, 1);
  log.Close();
  EXPECT_FALSE(watcher.IsAtEnd());
  EXPECT_EQ(watcher.Next(absl::InfiniteDuration()).size(), 1u);
  EXPECT_TRUE(watcher.IsAtEnd());
  EXPECT_TRUE(watcher.Next(absl::InfiniteDuration()).empty());
}

}  // namespace
}  // namespace zerod
