#ifndef ZEROD_BASE_BYTE_IO_H_
#define ZEROD_BASE_BYTE_IO_H_

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"

namespace zerod {

// Whether every byte of a T is part of its value. Padding would be bytes of whatever was there
// before. A struct with floating-point members, of which the compiler can't tell, specialises this
// by a check of its size.
template <typename T>
inline constexpr bool kHasNoPadding = std::has_unique_object_representations_v<T> ||
                                      std::is_same_v<T, float> || std::is_same_v<T, double>;

// Appends values to a growing record of bytes, in the host's (little-endian) order.
class ByteWriter {
 public:
  template <typename T>
  void Put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && kHasNoPadding<T>);
    const auto* first = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), first, first + sizeof(T));
  }
  void PutText(const std::string& text) {
    Put(static_cast<std::uint64_t>(text.size()));
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    bytes_.insert(bytes_.end(), first, first + text.size());
  }

  std::vector<std::byte> Take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

// Reads values back. A record that is too short gives zeros and leaves ok() false.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <typename T>
  T Get() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (bytes_.size() < sizeof(T)) {
      ok_ = false;
      return value;
    }
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_ = bytes_.subspan(sizeof(T));
    return value;
  }

  // Whether everything read so far was there, and nothing is left.
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && bytes_.empty(); }

 private:
  std::span<const std::byte> bytes_;
  bool ok_ = true;
};

}  // namespace zerod

#endif  // ZEROD_BASE_BYTE_IO_H_
