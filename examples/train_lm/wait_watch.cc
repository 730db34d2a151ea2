#include "examples/train_lm/wait_watch.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "examples/train_lm/notice.h"

namespace zerod::train_lm {
namespace {

constexpr std::chrono::milliseconds kPause(50);      // between two looks
constexpr std::chrono::milliseconds kPatience(700);  // with a wait, once the process is to stop
constexpr std::chrono::seconds kLong(2);
constexpr std::chrono::seconds kBetweenQuestions(1);

}  // namespace

WaitWatch::WaitWatch(const std::atomic<int>& stop_signal)
    : stop_signal_(stop_signal), thread_([this] { Run(); }) {}

WaitWatch::~WaitWatch() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

WaitWatch::Wait::Wait(WaitWatch& watch, std::shared_ptr<const WaitReason> reason) : watch_(watch) {
  const std::lock_guard lock(watch_.mutex_);
  watch_.reason_ = std::move(reason);
  watch_.wait_begin_ = Clock::now();
  watch_.next_question_ = watch_.wait_begin_ + kLong;
}

WaitWatch::Wait::~Wait() {
  const std::lock_guard lock(watch_.mutex_);
  watch_.reason_.reset();
}

void WaitWatch::SetFarewell(const std::string& text) {
  const std::lock_guard lock(mutex_);
  farewell_ = text;
}

void WaitWatch::Run() {
  Lock lock(mutex_);
  while (!ended_) {
    changed_.wait_for(lock, kPause);
    // A signal handler can set a number, and no more.
    if (stop_signal_ != 0 && !stop_seen_) stop_seen_ = Clock::now();
    if (!reason_) continue;
    if (stop_seen_) {
      LeaveWhenStuck();
    } else if (Clock::now() >= next_question_) {
      SayWhenLong(lock);
    }
  }
}

void WaitWatch::LeaveWhenStuck() const {
  if (Clock::now() < std::max(*stop_seen_, wait_begin_) + kPatience) return;
  const int signal = stop_signal_;
  SayNotice(absl::StrCat("stopped by signal ", signal, " while waiting ", reason_->what));
  if (!farewell_.empty()) SayNotice(farewell_);
  std::_Exit(128 + signal);
}

void WaitWatch::SayWhenLong(Lock& lock) {
  const std::shared_ptr<const WaitReason> reason = reason_;
  const Clock::time_point wait_begin = wait_begin_;
  // It may take a while, and the wait may be over before.
  lock.unlock();
  const std::optional<std::string> more = reason->explain();
  lock.lock();
  if (reason_ != reason || wait_begin_ != wait_begin) return;
  next_question_ = more ? Clock::time_point::max() : Clock::now() + kBetweenQuestions;
  if (more) SayNotice(absl::StrCat("waiting ", reason->what, more->empty() ? "" : ": ", *more));
}

}  // namespace zerod::train_lm
