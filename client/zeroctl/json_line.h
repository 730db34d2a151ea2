#ifndef ZEROD_CLIENT_ZEROCTL_JSON_LINE_H_
#define ZEROD_CLIENT_ZEROCTL_JSON_LINE_H_

#include <string>

#include "nlohmann/json.hpp"

namespace zerod {

// What --json prints of one report. Bytes that are not UTF-8 are replaced.
std::string JsonLine(const nlohmann::json& json);

}  // namespace zerod

#endif  // ZEROD_CLIENT_ZEROCTL_JSON_LINE_H_
