// A wrong hash.h for the mutation test: neighbours take each other's half of the hash they share.
#define MomentBits RightMomentBits
#include "../../../../../kernels/hash.h"
#undef MomentBits

#ifndef ZEROD_TESTS_KERNELS_MUTANTS_SWAPPED_HALVES_HASH_H_
#define ZEROD_TESTS_KERNELS_MUTANTS_SWAPPED_HALVES_HASH_H_

namespace zerod {

inline std::uint32_t MomentBits(GroupKey key, std::uint32_t element) {
  return RightMomentBits(key, element ^ 1);
}

}  // namespace zerod

#endif  // ZEROD_TESTS_KERNELS_MUTANTS_SWAPPED_HALVES_HASH_H_
