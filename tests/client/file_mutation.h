#ifndef ZEROD_TESTS_CLIENT_FILE_MUTATION_H_
#define ZEROD_TESTS_CLIENT_FILE_MUTATION_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace zerod {

// Damages texts at random.
class Mutator {
 public:
  // A few changes of `text` where it is from `begin` to `end`.
  std::string Mutate(std::string text, std::size_t begin, std::size_t end) {
    for (std::size_t changes = 1 + Below(3); changes > 0; --changes) {
      const std::size_t before = text.size();
      Change(text, begin + Below(end - begin), end);
      end += text.size() - before;
      if (end <= begin) return text;
    }
    return text;
  }
  std::size_t Below(std::size_t limit) { return random_() % limit; }

 private:
  void Change(std::string& text, std::size_t position, std::size_t end) {
    static constexpr const char* kTokens[] = {
        "0",          "1",      "9",     "-",       "18446744073709551615",
        "4294967296", ".0",     "e1",    "[",       "]",
        "{",          "}",      ",",     ":",       "\"",
        " ",          "\\",     "null",  "\"",      "\xff",
        "\"U8\"",     "\"w\":", "[0,0]", "\\u0000", "F",
        "B",          "16",     "32",    "\n\t "};
    const std::string token = kTokens[Below(std::size(kTokens))];
    const std::size_t some = std::min(end - position, 1 + Below(8));
    switch (Below(7)) {
      case 0:  // one bit
        text[position] = static_cast<char>(text[position] ^ (1 << Below(8)));
        break;
      case 1:  // one byte
        text[position] = static_cast<char>(random_());
        break;
      case 2:  // one digit
        text[position] = static_cast<char>('0' + Below(10));
        break;
      case 3:
        text.erase(position, some);
        break;
      case 4:
        text.insert(position, token);
        break;
      case 5:
        text.replace(position, std::min(some, token.size()), token);
        break;
      default:  // said twice
        text.insert(position, text.substr(position, some * 8));
        break;
    }
  }

  std::mt19937_64 random_{20240229};  // NOLINT(cert-msc51-cpp): the same at every run
};

// A file's data_offsets, in the order of its header, and all that stands between them.
struct Offsets {
  // `file` is one that this project wrote.
  explicit Offsets(const std::string& file) {
    static const std::string kKey = "\"data_offsets\":[";
    std::size_t end = 0;
    for (std::size_t key = file.find(kKey); key != std::string::npos; key = file.find(kKey, end)) {
      const std::size_t first = key + kKey.size();
      const std::size_t comma = file.find(',', first);
      const std::size_t bracket = file.find(']', comma);
      between.push_back(file.substr(end, key - end));
      pairs.push_back({std::stoi(file.substr(first, comma - first)),
                       std::stoi(file.substr(comma + 1, bracket - comma - 1))});
      end = bracket + 1;
    }
    between.push_back(file.substr(end));
  }
  std::string File() const {
    std::string file;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      absl::StrAppend(&file, between[i], "\"data_offsets\":[", pairs[i].first, ",", pairs[i].second,
                      "]");
    }
    return file + between.back();
  }

  std::vector<std::string> between;
  std::vector<std::pair<int, int>> pairs;
};

// Where the data of a file begins.
inline std::size_t HeaderEnd(const std::string& file) {
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  return 8 + length;
}

// `mutant`, whose header alone differs from that of `good`, with the length that it has now: so it
// does not hide what else is wrong.
inline std::string WithTrueLength(const std::string& good, std::string mutant) {
  const std::uint64_t length = HeaderEnd(good) - 8 + mutant.size() - good.size();
  std::memcpy(mutant.data(), &length, 8);
  return mutant;
}

}  // namespace zerod

#endif  // ZEROD_TESTS_CLIENT_FILE_MUTATION_H_
