#ifndef ZEROD_KERNELS_HASH_H_
#define ZEROD_KERNELS_HASH_H_

#include <cstdint>

#include "kernels/host_device.h"

namespace zerod {

// Counter-based randomness: a function of (job seed, step, flat index, stream) and of nothing else.

// Steele, Lea and Flood's SplitMix64 finaliser (the constants are David Stafford's variant 13).
ZEROD_HOST_DEVICE inline std::uint64_t Mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

inline constexpr std::uint64_t kWeyl64 = 0x9e3779b97f4a7c15u;
inline constexpr std::uint32_t kWeyl32 = 0x9e3779b9u;

// Everything random about one quant group in one step.
struct GroupKey {
  std::uint32_t low;
  std::uint32_t high;
};

// `group_index` is the flat index divided by 32: 64 bits wide, so long models don't repeat.
ZEROD_HOST_DEVICE inline GroupKey MakeGroupKey(std::uint64_t step_key, std::uint64_t group_index) {
  const std::uint64_t key = Mix64(step_key + group_index * kWeyl64);
  return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

// 32 bits for one lane of a group. The multipliers are those of Chris Wellons' lowbias32; the step
// that would fold the upper half into the lower one at the end is left out: nothing here needs it.
ZEROD_HOST_DEVICE inline std::uint32_t LaneHash(GroupKey key, std::uint32_t lane) {
  std::uint32_t x = key.low + lane * kWeyl32;
  x = (x ^ (x >> 16)) * 0x7feb352du;
  return (x ^ (x >> 15) ^ key.high) * 0x846ca68bu;
}

// Lanes 0 to 15 are for moments: neighbours share one, the first takes its lower half.
inline constexpr std::uint32_t kMomentLanes = 16;
inline constexpr std::uint32_t kVScaleLane = 32;
inline constexpr std::uint32_t kFirstMasterLane = 64;

// 16 bits for the moments of the group's element number `element`.
ZEROD_HOST_DEVICE inline std::uint32_t MomentBits(GroupKey key, std::uint32_t element) {
  const std::uint32_t hash = LaneHash(key, element / 2);
  return element % 2 == 0 ? hash & 0xffff : hash >> 16;
}
ZEROD_HOST_DEVICE inline std::uint32_t MByte(std::uint32_t moment_bits) { return moment_bits >> 8; }
ZEROD_HOST_DEVICE inline std::uint32_t VByte(std::uint32_t moment_bits) {
  return moment_bits & 0xff;
}

// For the rounding of the same element's master weight.
ZEROD_HOST_DEVICE inline std::uint32_t MasterHash(GroupKey key, std::uint32_t element) {
  return LaneHash(key, kFirstMasterLane + element);
}
ZEROD_HOST_DEVICE inline std::uint32_t MasterByte(std::uint32_t hash) { return hash >> 24; }
// Where a bf16 weight is all there is, 16 bits are rounded away.
ZEROD_HOST_DEVICE inline std::uint32_t MasterBits16(std::uint32_t hash) { return hash >> 16; }

// For the rounding of v's scale: 13 bits.
ZEROD_HOST_DEVICE inline std::uint32_t VScaleBits(GroupKey key) {
  return LaneHash(key, kVScaleLane) >> 19;
}

}  // namespace zerod

#endif  // ZEROD_KERNELS_HASH_H_
