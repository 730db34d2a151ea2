# Installs zerod_build into a fresh prefix below scratch, then builds and runs the consumer there.
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${scratch})
run(${CMAKE_COMMAND} --install ${zerod_build} --prefix ${scratch}/prefix)
run(${CMAKE_COMMAND} -S ${consumer_source} -B ${scratch}/build -G ${generator}
    -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_BUILD_TYPE=${build_type}
    -D CMAKE_PREFIX_PATH=${scratch}/prefix -D CMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON)
run(${CMAKE_COMMAND} --build ${scratch}/build)
execute_process(COMMAND ${scratch}/build/consumer OUTPUT_VARIABLE output ECHO_OUTPUT_VARIABLE
                COMMAND_ERROR_IS_FATAL ANY)
# AdamW's first step moves every weight by the learning rate.
if(NOT output MATCHES "after step 1: 0\\.90 -1\\.90 2\\.90 -3\\.90\n")
  message(FATAL_ERROR "the consumer's weights are wrong")
endif()
execute_process(COMMAND ${scratch}/build/attach unix:${scratch}/nobody.sock OUTPUT_VARIABLE output
                ECHO_OUTPUT_VARIABLE COMMAND_ERROR_IS_FATAL ANY)
if(NOT output MATCHES "UNAVAILABLE: .*no daemon answers at unix:")
  message(FATAL_ERROR "the client does not say that nobody answers")
endif()
