#ifndef ZEROD_COMM_MPI_WIRE_FIELDS_H_
#define ZEROD_COMM_MPI_WIRE_FIELDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_io.h"
#include "comm/mpi/world_message.h"

// How the fields of world messages are written and read. The functions come in pairs; a field that
// cannot be read leaves the reader's ok() false and a harmless value.
namespace zerod {

template <typename T>
void PutList(const std::vector<T>& list, ByteWriter& writer) {
  writer.Put(static_cast<std::uint64_t>(list.size()));
  for (const T& element : list) writer.Put(element);
}

template <typename T>
std::vector<T> GetList(ByteReader& reader) {
  std::vector<T> list;
  const auto count = reader.Get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) list.push_back(reader.Get<T>());
  return list;
}

inline void PutKind(CollectiveKind kind, ByteWriter& writer) {
  writer.Put(static_cast<std::uint8_t>(kind));
}

inline CollectiveKind GetKind(ByteReader& reader) {
  return static_cast<CollectiveKind>(reader.Get<std::uint8_t>());
}

inline void PutStatus(const absl::Status& status, ByteWriter& writer) {
  writer.Put(static_cast<std::int32_t>(status.raw_code()));
  const std::string text(status.message());
  writer.PutText(text);
}

// Never OK: statuses on the wire are causes.
inline absl::Status GetStatus(ByteReader& reader) {
  const auto code = static_cast<absl::StatusCode>(reader.Get<std::int32_t>());
  const std::vector<char> text = GetList<char>(reader);
  return {code == absl::StatusCode::kOk ? absl::StatusCode::kUnknown : code,
          absl::string_view(text.data(), text.size())};
}

inline void PutShape(const CallShape& shape, ByteWriter& writer) {
  PutKind(shape.kind, writer);
  writer.Put(shape.root);
  writer.Put(shape.value_count);
  writer.Put(shape.contribution_bytes);
  PutList(shape.receivers, writer);
  PutList(shape.send_bytes, writer);
  PutList(shape.receive_bytes, writer);
}

inline CallShape GetShape(ByteReader& reader) {
  CallShape shape;
  shape.kind = GetKind(reader);
  shape.root = reader.Get<int>();
  shape.value_count = reader.Get<std::uint64_t>();
  shape.contribution_bytes = reader.Get<std::uint64_t>();
  shape.receivers = GetList<int>(reader);
  shape.send_bytes = GetList<std::uint64_t>(reader);
  shape.receive_bytes = GetList<std::uint64_t>(reader);
  return shape;
}

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_WIRE_FIELDS_H_
