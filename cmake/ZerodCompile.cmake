# The compile settings every zerod target shares, as one interface library.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(ZEROD_CCACHE ccache)
mark_as_advanced(ZEROD_CCACHE)
if(ZEROD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${ZEROD_CCACHE}")
endif()

add_library(zerod_compile INTERFACE)
# No implicit contraction: every fused multiply-add in the numerics is written out (docs/numerics.md).
target_compile_options(zerod_compile INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wno-missing-field-initializers;-ffp-contract=off>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${ZEROD_WARNINGS_AS_ERRORS}>>:-Werror>)

if(ZEROD_SANITIZER STREQUAL "address")
  target_compile_options(zerod_compile INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=address,undefined;-fno-sanitize-recover=all;-fno-omit-frame-pointer>)
  target_link_options(zerod_compile INTERFACE -fsanitize=address,undefined)
elseif(ZEROD_SANITIZER STREQUAL "thread")
  target_compile_options(zerod_compile INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=thread;-fno-omit-frame-pointer>)
  target_link_options(zerod_compile INTERFACE -fsanitize=thread)
elseif(ZEROD_SANITIZER)
  message(FATAL_ERROR "ZEROD_SANITIZER is '${ZEROD_SANITIZER}'; it can be empty, address or thread")
endif()
