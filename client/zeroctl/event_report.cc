#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/zeroctl/names.h"
#include "client/zeroctl/reports.h"
#include "client/zeroctl/units.h"

namespace zerod {

std::string EventText(const v1::Event& event, absl::TimeZone zone) {
  std::string text = absl::StrFormat("%s  %-16s  node %d", HumanTime(event.time_seconds(), zone),
                                     EventName(event.kind()), event.node());
  if (!event.job().empty()) absl::StrAppend(&text, "  job ", Printable(event.job()));
  if (event.has_rank()) absl::StrAppend(&text, "  rank ", event.rank());
  if (event.has_step()) absl::StrAppend(&text, "  step ", event.step());
  if (event.has_attempt()) absl::StrAppend(&text, "  attempt ", event.attempt());
  if (event.lost() > 0) absl::StrAppend(&text, "  ", event.lost(), " events");
  if (!event.message().empty()) absl::StrAppend(&text, "  ", Printable(event.message()));
  return absl::StrCat(text, "\n");
}

nlohmann::json EventJson(const v1::Event& event) {
  nlohmann::json json = {{"number", event.number()},
                         {"time_seconds", event.time_seconds()},
                         {"kind", EventName(event.kind())},
                         {"node", event.node()},
                         {"message", event.message()}};
  if (!event.job().empty()) json["job"] = event.job();
  if (event.has_rank()) json["rank"] = event.rank();
  if (event.has_step()) json["step"] = event.step();
  if (event.has_attempt()) json["attempt"] = event.attempt();
  if (event.lost() > 0) json["lost"] = event.lost();
  return json;
}

}  // namespace zerod
