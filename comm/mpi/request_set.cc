#include "comm/mpi/request_set.h"

#include <utility>

namespace zerod {

void RequestSet::Start(const std::function<int(MPI_Request* request)>& start, Done done) {
  MPI_Request request = MPI_REQUEST_NULL;
  if (const int error = start(&request); error != MPI_SUCCESS) {
    done(error);
    return;
  }
  requests_.push_back(request);
  dones_.push_back(std::move(done));
}

bool RequestSet::Poll() {
  if (requests_.empty()) return false;
  indices_.resize(requests_.size());
  statuses_.resize(requests_.size());
  int completed_count = 0;
  const int error = MPI_Testsome(static_cast<int>(requests_.size()), requests_.data(),
                                 &completed_count, indices_.data(), statuses_.data());
  if (error != MPI_SUCCESS && error != MPI_ERR_IN_STATUS) {
    GiveUp(error);
    return true;
  }
  if (completed_count <= 0) return false;

  std::vector<std::pair<Done, int>> completed;
  for (int i = 0; i < completed_count; ++i) {
    const int request_error =
        error == MPI_ERR_IN_STATUS ? statuses_[i].MPI_ERROR : int{MPI_SUCCESS};
    completed.emplace_back(std::move(dones_[indices_[i]]), request_error);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    if (requests_[i] == MPI_REQUEST_NULL) continue;
    requests_[kept] = requests_[i];
    if (kept != i) dones_[kept] = std::move(dones_[i]);
    ++kept;
  }
  requests_.resize(kept);
  dones_.resize(kept);
  for (auto& [done, request_error] : completed) done(request_error);
  return true;
}

void RequestSet::GiveUp(int mpi_error) {
  requests_.clear();
  for (Done& done : std::exchange(dones_, {})) done(mpi_error);
}

}  // namespace zerod
