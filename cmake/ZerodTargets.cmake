# zerod_add_layer(NAME SOURCES file... [PUBLIC_LINK target...] [PRIVATE_LINK target...] [NOT_INSTALLED])
# One static library per layer, with the alias zerod::NAME. What lies under NAME/include/ is installed; all other
# headers are private to the tree and are included from its root ("NAME/header.h").
function(zerod_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NOT_INSTALLED" "" "SOURCES;PUBLIC_LINK;PRIVATE_LINK")
  add_library(zerod_${name} STATIC ${arg_SOURCES})
  add_library(zerod::${name} ALIAS zerod_${name})
  set_target_properties(zerod_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(zerod_${name} PUBLIC cxx_std_20)
  target_include_directories(zerod_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/include")
    target_include_directories(zerod_${name} PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
  endif()
  target_link_libraries(zerod_${name}
    PUBLIC ${arg_PUBLIC_LINK}
    PRIVATE ${arg_PRIVATE_LINK} $<BUILD_INTERFACE:zerod_compile>)
  if(NOT arg_NOT_INSTALLED)
    set_property(GLOBAL APPEND PROPERTY ZEROD_LAYERS ${name})
  endif()
endfunction()

# zerod_add_program(NAME SOURCES file... [LINK target...] [INSTALL])
function(zerod_add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INSTALL" "" "SOURCES;LINK")
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_LINK} zerod_compile)
  if(arg_INSTALL)
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()

# zerod_add_test(NAME SOURCES file... [LINK target...] [LABELS label...] [TIMEOUT_S seconds] [USES_GRPC])
# One GoogleTest binary, registered with CTest as one test. USES_GRPC: gRPC has threads of its own in
# it, or in a program it starts. Debian's is not instrumented, so ThreadSanitizer can't see how these
# synchronize, and must not judge what is called from there; zerod's own code it still judges.
function(zerod_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "USES_GRPC" "TIMEOUT_S" "SOURCES;LINK;LABELS")
  if(NOT arg_TIMEOUT_S)
    set(arg_TIMEOUT_S 300)
  endif()
  set(tsan_options "suppressions=${PROJECT_SOURCE_DIR}/tests/tsan_suppressions.txt")
  if(arg_USES_GRPC)
    string(PREPEND tsan_options "ignore_noninstrumented_modules=1:")
  endif()
  set(lsan_options "suppressions=${PROJECT_SOURCE_DIR}/tests/lsan_suppressions.txt:print_suppressions=0")
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gmock_main zerod_compile)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${arg_TIMEOUT_S}
    LABELS "${arg_LABELS}"
    ENVIRONMENT "TSAN_OPTIONS=${tsan_options};LSAN_OPTIONS=${lsan_options}")
endfunction()
