# rapport::mpi: the same folds, fits and scores on many machines, over Boost.MPI. An optional
# component: nothing else needs it. Unless told, the top level builds it where Boost.MPI is found.
if(NOT DEFINED RAPPORT_BUILD_MPI)
  set(RAPPORT_BUILD_MPI OFF)
  if(PROJECT_IS_TOP_LEVEL)
    find_package(Boost 1.81 QUIET OPTIONAL_COMPONENTS mpi)
    if(TARGET Boost::mpi AND MPI_CXX_FOUND)
      set(RAPPORT_BUILD_MPI ON)
    endif()
  endif()
endif()
set(RAPPORT_BUILD_MPI ${RAPPORT_BUILD_MPI} CACHE BOOL "Build rapport::mpi, for many machines")
message(STATUS "rapport::mpi, for many machines: ${RAPPORT_BUILD_MPI}")
if(NOT RAPPORT_BUILD_MPI)
  return()
endif()

find_package(Boost 1.81 REQUIRED COMPONENTS mpi)
file(GLOB mpi_headers CONFIGURE_DEPENDS
  RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} include/rapport/mpi/*.hpp)
file(GLOB mpi_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} src/mpi/*.cpp)

add_library(rapport_mpi ${mpi_sources})
add_library(rapport::mpi ALIAS rapport_mpi)
target_sources(rapport_mpi PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${mpi_headers})
target_link_libraries(rapport_mpi PUBLIC rapport PRIVATE Boost::mpi $<BUILD_INTERFACE:rapport_warnings>)
set_target_properties(rapport_mpi PROPERTIES
  EXPORT_NAME mpi
  CXX_EXTENSIONS OFF
  POSITION_INDEPENDENT_CODE ON
  VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
target_compile_options(rapport_mpi PRIVATE $<$<CXX_COMPILER_ID:GNU,Clang>:-ffp-contract=off>)
