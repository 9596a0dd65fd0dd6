include(CMakePackageConfigHelpers)

install(TARGETS rapport EXPORT rapport_targets FILE_SET HEADERS)
install(EXPORT rapport_targets
  NAMESPACE rapport:: FILE rapport-targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rapport)
if(RAPPORT_BUILD_MPI)
  install(TARGETS rapport_mpi EXPORT rapport_mpi_targets FILE_SET HEADERS)
  install(EXPORT rapport_mpi_targets NAMESPACE rapport:: FILE rapport-mpi-targets.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rapport)
endif()
configure_package_config_file(cmake/rapport-config.cmake.in rapport-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rapport)
write_basic_package_version_file(rapport-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/rapport-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/rapport-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rapport)
