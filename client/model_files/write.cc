#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/pending_file.h"
#include "base/quoted.h"
#include "base/safetensors/file_writer.h"
#include "base/status_macros.h"
#include "client/model_files/file_names.h"
#include "client/model_files/model_index.h"
#include "client/model_files/shard_list.h"
#include "zerod/model_files.h"

namespace zerod {
namespace {

namespace fs = std::filesystem;

absl::Status FolderError(const std::string& folder, const std::error_code& error) {
  return absl::ErrnoToStatus(error.value(), absl::StrCat("folder '", folder, "' can't be used"));
}

absl::StatusOr<StoredTensor> AsStored(const ParameterSpec& parameter) {
  StoredTensor tensor{.name = parameter.name, .dtype = StoredAs(parameter.dtype)};
  for (const std::int64_t extent : parameter.shape) {
    if (extent < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("parameter ", Quoted(parameter.name), " has the extent ", extent));
    }
    tensor.shape.push_back(static_cast<std::uint64_t>(extent));
  }
  return tensor;
}

// Writes one model, from its parameters to its index.
class ModelWriter {
 public:
  ModelWriter(std::string folder, std::span<const ParameterSpec> parameters,
              const WeightSource& source)
      : folder_(std::move(folder)), parameters_(parameters), source_(source) {}

  absl::Status Plan(const ModelFileOptions& options);
  absl::Status Write();
  // All of it, or nothing.
  absl::Status Publish();

 private:
  absl::Status WriteFile(std::size_t index);
  absl::Status WriteParameter(std::size_t parameter, SafetensorsWriter& file);
  absl::Status WriteIndex();
  absl::Status PublishEach();
  std::string PathOf(absl::string_view name) const {
    return (fs::path(folder_) / std::string(name)).string();
  }

  const std::string folder_;
  const std::span<const ParameterSpec> parameters_;
  const WeightSource& source_;
  std::vector<StoredTensor> tensors_;             // of parameters_
  std::vector<std::uint64_t> size_bytes_;         // of tensors_
  std::vector<std::vector<std::size_t>> shards_;  // of indices into them
  std::vector<SafetensorsWriter> files_;          // as shards_, finished
  std::vector<PendingFile> index_;                // one, or none
  std::vector<std::string> published_;
};

absl::Status ModelWriter::Plan(const ModelFileOptions& options) {
  std::set<std::string> names;
  for (const ParameterSpec& parameter : parameters_) {
    if (!names.insert(parameter.name).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("two parameters are named ", Quoted(parameter.name)));
    }
    ZEROD_ASSIGN_OR_RETURN(tensors_.emplace_back(), AsStored(parameter));
    ZEROD_ASSIGN_OR_RETURN(size_bytes_.emplace_back(), SizeBytes(tensors_.back()));
  }
  shards_ = MakeShardList(size_bytes_, options.max_file_bytes);
  if (shards_.size() > kMaxModelFiles) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_file_bytes is ", options.max_file_bytes, ", which makes ", shards_.size(),
                     " files; at most ", kMaxModelFiles, " are allowed"));
  }
  for (std::vector<std::size_t>& shard : shards_) {
    // So that each lies at a multiple of its elements' size.
    std::ranges::stable_sort(shard, std::ranges::greater{}, [&](std::size_t parameter) {
      return StoredDTypeBytes(tensors_[parameter].dtype);
    });
  }
  return absl::OkStatus();
}

absl::Status ModelWriter::WriteParameter(std::size_t parameter, SafetensorsWriter& file) {
  ZEROD_ASSIGN_OR_RETURN(const ConstTensorView values, source_(parameter));
  if (values.dtype == parameters_[parameter].dtype &&
      values.bytes.size() == size_bytes_[parameter]) {
    return file.Append(values.bytes);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "parameter ", Quoted(tensors_[parameter].name), " is ", Describe(tensors_[parameter]), ", ",
      size_bytes_[parameter], " bytes; its values have ", values.bytes.size(), " bytes of ",
      DTypeName(values.dtype)));
}

absl::Status ModelWriter::WriteFile(std::size_t index) {
  // Without the format, some readers refuse a file.
  SafetensorsHeader header{.metadata = {{"format", "pt"}}};
  for (const std::size_t parameter : shards_[index]) header.tensors.push_back(tensors_[parameter]);
  ZEROD_ASSIGN_OR_RETURN(
      SafetensorsWriter file,
      SafetensorsWriter::Create(PathOf(ModelFileName(index, shards_.size())), std::move(header)));
  for (const std::size_t parameter : shards_[index]) {
    ZEROD_RETURN_IF_ERROR(WriteParameter(parameter, file));
  }
  ZEROD_RETURN_IF_ERROR(file.Finish());
  files_.push_back(std::move(file));
  return absl::OkStatus();
}

absl::Status ModelWriter::WriteIndex() {
  WeightMap map;
  std::uint64_t total_bytes = 0;
  for (std::size_t index = 0; index < shards_.size(); ++index) {
    for (const std::size_t parameter : shards_[index]) {
      map.emplace(tensors_[parameter].name, ModelFileName(index, shards_.size()));
      total_bytes += size_bytes_[parameter];
    }
  }
  ZEROD_ASSIGN_OR_RETURN(const std::string text, ModelIndexText(map, total_bytes));
  ZEROD_ASSIGN_OR_RETURN(PendingFile file, PendingFile::Create(PathOf(kModelIndex)));
  ZEROD_RETURN_IF_ERROR(file.Write(std::as_bytes(std::span(text))));
  ZEROD_RETURN_IF_ERROR(file.Sync());
  index_.push_back(std::move(file));
  return absl::OkStatus();
}

absl::Status ModelWriter::Write() {
  for (std::size_t index = 0; index < shards_.size(); ++index) {
    ZEROD_RETURN_IF_ERROR(WriteFile(index));
  }
  return shards_.size() == 1 ? absl::OkStatus() : WriteIndex();
}

absl::Status ModelWriter::PublishEach() {
  for (SafetensorsWriter& file : files_) {
    ZEROD_RETURN_IF_ERROR(file.Publish());
    published_.push_back(file.path());
  }
  // Last: who finds it finds the others.
  for (PendingFile& index : index_) {
    ZEROD_RETURN_IF_ERROR(index.Publish());
    published_.push_back(index.path());
  }
  return SyncFolder(folder_);
}

absl::Status ModelWriter::Publish() {
  absl::Status status = PublishEach();
  if (status.ok()) return status;
  std::error_code ignored;
  for (const std::string& path : published_) fs::remove(path, ignored);
  return status;
}

}  // namespace

absl::Status CheckModelFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return FolderError(folder, error);
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!IsModelFileName(name)) continue;
    return absl::AlreadyExistsError(absl::StrCat(
        "folder '", folder, "' holds '", name, "'; move that model away, or give another folder"));
  }
  if (error) return FolderError(folder, error);
  // It vanishes at once.
  return PendingFile::Create((fs::path(folder) / std::string(kModelFile)).string()).status();
}

absl::Status WriteModelFiles(const std::string& folder, std::span<const ParameterSpec> parameters,
                             const WeightSource& source, const ModelFileOptions& options) {
  ModelWriter writer(folder, parameters, source);
  ZEROD_RETURN_IF_ERROR(writer.Plan(options));
  ZEROD_RETURN_IF_ERROR(CheckModelFolder(folder));
  ZEROD_RETURN_IF_ERROR(writer.Write());
  return writer.Publish();
}

}  // namespace zerod
