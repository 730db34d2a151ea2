#ifndef ZEROD_BASE_JSON_EVENTS_H_
#define ZEROD_BASE_JSON_EVENTS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace zerod {

// What a JSON text consists of, in its order. An error ends the reading. Values arrive one by one
// instead of as a tree: a tree would have swallowed duplicate keys, and foreign text decides how
// much memory it takes.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual absl::Status ObjectBegins() = 0;
  virtual absl::Status Key(std::string key) = 0;
  virtual absl::Status ObjectEnds() = 0;
  virtual absl::Status ArrayBegins() = 0;
  virtual absl::Status ArrayEnds() = 0;
  virtual absl::Status Text(std::string text) = 0;
  virtual absl::Status Unsigned(std::uint64_t number) = 0;
  // `what` it is: "null", "true or false", or a number that is none of 64 bits without a sign.
  virtual absl::Status Other(absl::string_view what) = 0;
};

// Reads one JSON object in UTF-8, with nothing but white space behind it. kInvalidArgument says at
// which byte it is none; otherwise the error of `events`.
absl::Status ReadJsonObject(absl::string_view text, JsonEvents& events);

}  // namespace zerod

#endif  // ZEROD_BASE_JSON_EVENTS_H_
