# Installs the layers' libraries and public headers, so that another project can find_package(zerod).
include(CMakePackageConfigHelpers)

get_property(layers GLOBAL PROPERTY ZEROD_LAYERS)
list(TRANSFORM layers PREPEND zerod_ OUTPUT_VARIABLE layer_targets)
install(TARGETS ${layer_targets} EXPORT zerodTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(layer IN LISTS layers)
  if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${layer}/include")
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/${layer}/include/" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  endif()
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/zerod)
install(EXPORT zerodTargets NAMESPACE zerod:: DESTINATION ${package_dir})
configure_package_config_file(cmake/zerodConfig.cmake.in ${PROJECT_BINARY_DIR}/zerodConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/zerodConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/zerodConfig.cmake ${PROJECT_BINARY_DIR}/zerodConfigVersion.cmake
        DESTINATION ${package_dir})
