#ifndef ZEROD_ENGINE_LAYOUT_HASH_H_
#define ZEROD_ENGINE_LAYOUT_HASH_H_

#include <cstdint>
#include <span>

#include "zerod/engine/job_spec.h"

namespace zerod {

struct Parameter;

// XXH3 (64 bits) of every property of the job that decides a stored bit: optimizer and what it
// keeps, codec, rounding, seed, and per parameter its name, shape, dtype, group, master format and
// policies. Hyperparameters are compared per step instead.
std::uint64_t LayoutHash(const JobSpec& spec, std::span<const Parameter> parameters);

}  // namespace zerod

#endif  // ZEROD_ENGINE_LAYOUT_HASH_H_
