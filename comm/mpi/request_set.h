#ifndef ZEROD_COMM_MPI_REQUEST_SET_H_
#define ZEROD_COMM_MPI_REQUEST_SET_H_

#include <mpi.h>

#include <functional>
#include <vector>

namespace zerod {

// MPI requests under way, and what to do when each completes. Used by the service thread alone.
class RequestSet {
 public:
  using Done = std::function<void(int mpi_error)>;

  // `start` is an MPI call that fills in the request and returns its error, for which `done` is
  // called at once.
  void Start(const std::function<int(MPI_Request* request)>& start, Done done);
  bool empty() const { return requests_.empty(); }

  // Lets MPI make progress and calls `done` of what has completed; false if nothing has.
  bool Poll();
  // Calls `done` of everything that is left, with `mpi_error`; MPI forgets nothing.
  void GiveUp(int mpi_error);

 private:
  std::vector<MPI_Request> requests_;
  std::vector<Done> dones_;  // of requests_, by index
  std::vector<int> indices_;
  std::vector<MPI_Status> statuses_;
};

}  // namespace zerod

#endif  // ZEROD_COMM_MPI_REQUEST_SET_H_
