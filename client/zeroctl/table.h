#ifndef ZEROD_CLIENT_ZEROCTL_TABLE_H_
#define ZEROD_CLIENT_ZEROCTL_TABLE_H_

#include <string>
#include <utility>
#include <vector>

namespace zerod {

enum class Align : bool { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

// Lines of aligned columns, two blanks apart, below a line of titles.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell per column.
  void Add(std::vector<std::string> cells);
  std::string Text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace zerod

#endif  // ZEROD_CLIENT_ZEROCTL_TABLE_H_
