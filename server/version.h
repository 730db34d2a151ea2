#ifndef ZEROD_SERVER_VERSION_H_
#define ZEROD_SERVER_VERSION_H_

namespace zerod {

inline constexpr const char* kVersion = ZEROD_VERSION;  // CMake's

}  // namespace zerod

#endif  // ZEROD_SERVER_VERSION_H_
