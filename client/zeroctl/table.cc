#include "client/zeroctl/table.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace zerod {
namespace {

// Characters, as far as UTF-8 shows them: its continuation bytes don't count.
std::size_t Width(const std::string& text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; });
}

}  // namespace

void Table::Add(std::vector<std::string> cells) {
  ZEROD_CHECK(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::Text() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(Width(columns_[i].title));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  const auto append = [&](std::size_t column, const std::string& cell) {
    const std::string padding(widths[column] - Width(cell), ' ');
    const bool is_right = columns_[column].align == Align::kRight;
    absl::StrAppend(&text, column == 0 ? "" : "  ", is_right ? padding : "", cell,
                    is_right ? "" : padding);
  };
  const auto end_line = [&] {
    absl::StripTrailingAsciiWhitespace(&text);
    text.push_back('\n');
  };
  for (std::size_t i = 0; i < columns_.size(); ++i) append(i, columns_[i].title);
  end_line();
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < columns_.size(); ++i) append(i, row[i]);
    end_line();
  }
  return text;
}

}  // namespace zerod
