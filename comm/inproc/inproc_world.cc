#include "comm/inproc/inproc_world.h"

#include <utility>

#include "comm/inproc/rendezvous.h"

namespace zerod {

InprocWorld::InprocWorld(int world_size, PoisonNotice::Callback on_poison)
    : MeetingWorld(std::make_shared<Rendezvous>(world_size, std::move(on_poison))) {}

}  // namespace zerod
