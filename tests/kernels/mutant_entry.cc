// The way into a mutant: `zerod` is its own namespace here, so types come in as bytes of the same
// layout.
#include <cstddef>
#include <span>

#include "kernels/adamw.h"

void ZEROD_MUTANT_ENTRY(const void* context, const void* task) {
  zerod::UpdateAdamWReference(*static_cast<const zerod::UpdateContext*>(context),
                              std::span(static_cast<const zerod::AdamWTask*>(task), 1));
}
