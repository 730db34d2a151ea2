#include "engine/layout_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/byte_io.h"
#include "engine/job_rule.h"
#include "engine/parameter_table.h"

namespace zerod {

std::uint64_t LayoutHash(const JobSpec& spec, std::span<const Parameter> parameters) {
  ByteWriter writer;
  writer.Put(spec.optimizer);
  writer.Put(JobRule(spec));
  writer.Put(spec.codec);
  writer.Put(spec.master_rounding);
  writer.Put(spec.seed);
  for (const Parameter& parameter : parameters) {
    writer.PutText(parameter.spec.name);
    writer.Put(static_cast<std::uint64_t>(parameter.spec.shape.size()));
    for (std::int64_t extent : parameter.spec.shape) writer.Put(extent);
    writer.Put(parameter.spec.dtype);
    writer.Put(static_cast<std::uint64_t>(parameter.group_index));
    writer.Put(parameter.master);
    writer.Put(parameter.frozen);
    writer.Put(spec.groups[parameter.group_index].absent);
  }
  const std::vector<std::byte> record = writer.Take();
  return XXH3_64bits(record.data(), record.size());
}

}  // namespace zerod
