#include "zerod/service.h"

#include "base/status_macros.h"
#include "client/service/service_impl.h"

namespace zerod {

absl::StatusOr<std::unique_ptr<Service>> Service::Connect(const ServiceOptions& options) {
  ZEROD_ASSIGN_OR_RETURN(std::shared_ptr<const Connection> connection,
                         ConnectTo(options, "libzerod " ZEROD_VERSION));
  return std::make_unique<ServiceImpl>(std::move(connection));
}

}  // namespace zerod
