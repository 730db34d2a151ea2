// Stands in for libFuzzer where there is no clang. The same inputs at every run.
//
// usage: FUZZER COUNT [FILE|FOLDER]...
// Gives the fuzzer all files, then COUNT inputs made of a file by changes at random or of nothing
// but random bytes.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

void Run(const Input& input) {
  // A copy of exactly its size, so that AddressSanitizer sees what reads beyond.
  const Input exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

Input ReadInput(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: can't be read\n", path.c_str());
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Input> ReadCorpus(const std::vector<std::string>& paths) {
  std::vector<Input> corpus;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      corpus.push_back(ReadInput(path));
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) corpus.push_back(ReadInput(entry.path()));
    }
  }
  return corpus;
}

class Variants {
 public:
  explicit Variants(std::vector<Input> corpus) : corpus_(std::move(corpus)) {
    corpus_.emplace_back();  // of which only random bytes can be made
  }

  Input Next() {
    Input input = corpus_[Below(corpus_.size())];
    for (std::size_t changes = 1 + Below(4); changes > 0; --changes) Change(input);
    return input;
  }

 private:
  std::size_t Below(std::size_t limit) { return random_() % limit; }

  void Change(Input& input) {
    const std::size_t position = input.empty() ? 0 : Below(input.size());
    switch (input.empty() ? 0 : Below(5)) {
      case 0:  // grow
        input.resize(input.size() + Below(100), static_cast<std::uint8_t>(random_()));
        break;
      case 1:  // cut off
        input.resize(position);
        break;
      case 2:  // one bit
        input[position] ^= static_cast<std::uint8_t>(1u << Below(8));
        break;
      case 3:  // one byte, of those that make numbers extreme
        input[position] = Below(2) == 0 ? 0x00 : 0xff;
        break;
      default:  // one byte
        input[position] = static_cast<std::uint8_t>(random_());
        break;
    }
  }

  std::vector<Input> corpus_;
  std::mt19937_64 random_{20240229};  // NOLINT(cert-msc51-cpp): the same at every run
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s COUNT [FILE|FOLDER]...\n", argv[0]);
    return 2;
  }
  const std::vector<Input> corpus = ReadCorpus({argv + 2, argv + argc});
  for (const Input& input : corpus) Run(input);
  const long count = std::strtol(argv[1], nullptr, 10);
  Variants variants(corpus);
  for (long i = 0; i < count; ++i) Run(variants.Next());
  std::printf("%zu files, %ld variants\n", corpus.size(), count);
  return 0;
}
