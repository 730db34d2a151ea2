#include "comm/mpi/mpi_endpoint.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace zerod {
namespace {

// Enough to keep up with a burst, without keeping transfers waiting.
constexpr int kReceivesPerPoll = 32;

std::string ErrorText(int mpi_error) {
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(mpi_error, text, &length);
  return std::string(text, static_cast<std::size_t>(length));
}

// The transfers of one Move.
struct Group {
  std::size_t pending_count = 0;
  absl::Status status;
  std::function<void(absl::Status)> done;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MpiEndpoint>> MpiEndpoint::Init(Events events) {
  std::unique_ptr<MpiEndpoint> endpoint(new MpiEndpoint(std::move(events)));
  ZEROD_RETURN_IF_ERROR(endpoint->Join());
  return endpoint;
}

absl::Status MpiEndpoint::Join() {
  int is_initialized = 0;
  MPI_Initialized(&is_initialized);
  if (is_initialized) {
    return absl::FailedPreconditionError("MPI is initialized already in this process");
  }
  int provided = 0;
  if (const int error = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
      error != MPI_SUCCESS || provided < MPI_THREAD_FUNNELED) {
    return absl::UnavailableError(absl::StrCat("MPI_Init_thread: ", ErrorText(error),
                                               "; thread level ", provided,
                                               ", but MPI_THREAD_FUNNELED is necessary"));
  }
  for (MPI_Comm* comm : {&message_comm_, &transfer_comm_}) {
    if (const int error = MPI_Comm_dup(MPI_COMM_WORLD, comm); error != MPI_SUCCESS) {
      return absl::UnavailableError(absl::StrCat("MPI_Comm_dup: ", ErrorText(error)));
    }
    MPI_Comm_set_errhandler(*comm, MPI_ERRORS_RETURN);
  }
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_rank(message_comm_, &node_index_);
  MPI_Comm_size(message_comm_, &node_count_);
  incoming_.resize(static_cast<std::size_t>(node_count_));

  const int* largest_tag = nullptr;
  int is_known = 0;
  MPI_Comm_get_attr(transfer_comm_, MPI_TAG_UB, &largest_tag, &is_known);
  constexpr int kTagsOfEveryMpi = 32767;
  max_tag_ = is_known ? *largest_tag : kTagsOfEveryMpi;
  return absl::OkStatus();
}

void MpiEndpoint::Send(int node, MessageKind kind, std::vector<std::byte> message) {
  const auto bytes = std::make_shared<std::vector<std::byte>>(std::move(message));
  messages_.Start(
      [&](MPI_Request* request) {
        return MPI_Isend(bytes->data(), static_cast<int>(bytes->size()), MPI_BYTE, node,
                         static_cast<int>(kind), message_comm_, request);
      },
      [this, bytes, node](int error) {
        if (error != MPI_SUCCESS) events_.on_failure(Failure(node, error, "a message to it"));
      });
}

void MpiEndpoint::Move(const std::vector<Transfer>& transfers,
                       std::function<void(absl::Status)> done) {
  const auto group = std::make_shared<Group>();
  group->pending_count = transfers.size();
  group->done = std::move(done);
  for (const Transfer& transfer : transfers) {
    const auto start = [&](MPI_Request* request) {
      const auto& [node, tag, send, receive] = transfer;
      return send.empty() ? MPI_Irecv(receive.data(), static_cast<int>(receive.size()), MPI_BYTE,
                                      node, tag, transfer_comm_, request)
                          : MPI_Isend(send.data(), static_cast<int>(send.size()), MPI_BYTE, node,
                                      tag, transfer_comm_, request);
    };
    transfers_.Start(start, [this, group, node = transfer.node](int error) {
      if (error != MPI_SUCCESS) {
        group->status = Failure(node, error, "a transfer");
        events_.on_failure(group->status);
      }
      if (--group->pending_count == 0) group->done(group->status);
    });
  }
}

bool MpiEndpoint::Poll() {
  bool has_happened = false;
  for (int i = 0; i < kReceivesPerPoll && ReceiveOne(); ++i) has_happened = true;
  has_happened |= messages_.Poll();
  has_happened |= transfers_.Poll();
  return has_happened;
}

bool MpiEndpoint::ReceiveOne() {
  int is_there = 0;
  MPI_Message message = MPI_MESSAGE_NULL;
  MPI_Status status;
  const int error =
      MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, message_comm_, &is_there, &message, &status);
  if (error != MPI_SUCCESS) {
    events_.on_failure(
        absl::UnavailableError(absl::StrCat("messages from other nodes: ", ErrorText(error))));
    return false;
  }
  if (!is_there) return false;
  int size_bytes = 0;
  MPI_Get_count(&status, MPI_BYTE, &size_bytes);
  const int node = status.MPI_SOURCE;
  const auto incoming = std::make_shared<Incoming>();
  incoming->kind = static_cast<MessageKind>(status.MPI_TAG);
  incoming->bytes.resize(static_cast<std::size_t>(size_bytes));
  incoming_[node].push_back(incoming);
  messages_.Start(
      [&](MPI_Request* request) {
        return MPI_Imrecv(incoming->bytes.data(), size_bytes, MPI_BYTE, &message, request);
      },
      [this, incoming, node](int receive_error) {
        if (receive_error != MPI_SUCCESS) {
          events_.on_failure(Failure(node, receive_error, "a message from it"));
          return;
        }
        incoming->is_complete = true;
        Deliver(node);
      });
  return true;
}

void MpiEndpoint::Deliver(int node) {
  auto& queue = incoming_[node];
  while (!queue.empty() && queue.front()->is_complete) {
    const std::shared_ptr<Incoming> first = std::move(queue.front());
    queue.pop_front();
    events_.on_message(node, first->kind, std::move(first->bytes));
  }
}

void MpiEndpoint::GiveUp() { transfers_.GiveUp(MPI_ERR_OTHER); }

void MpiEndpoint::Finalize() { MPI_Finalize(); }

absl::Status MpiEndpoint::Failure(int node, int mpi_error, const std::string& what) const {
  return absl::UnavailableError(
      absl::StrCat("node ", node, " (", what, " failed): ", ErrorText(mpi_error)));
}

}  // namespace zerod
