// Says why it can't reach the daemon that the first argument names.
#include <cstdio>

#include "zerod/service.h"

int main(int argc, char** argv) {
  const auto service = zerod::Service::Connect({.address = argc > 1 ? argv[1] : ""});
  std::printf("%s\n", service.status().ToString().c_str());
  return service.ok() ? 1 : 0;
}
