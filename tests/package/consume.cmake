# Makes a project of the CMakeLists.txt in PROJECT and the program PROGRAM, in the empty folder
# BINARY; builds and runs it; then it must have printed EXPECTED. If INSTALL names a build folder,
# what that installs is there to be found.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${BINARY})
configure_file(${PROJECT}/CMakeLists.txt ${BINARY}/source/CMakeLists.txt COPYONLY)
configure_file(${PROGRAM} ${BINARY}/source/main.cpp COPYONLY)
if(INSTALL)
  run(${CMAKE_COMMAND} --install ${INSTALL} --prefix ${BINARY}/prefix)
endif()
run(${CMAKE_COMMAND} -S ${BINARY}/source -B ${BINARY}/build -G ${GENERATOR}
  -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
  "-DCMAKE_CXX_FLAGS=${FLAGS} -O0" -DCMAKE_BUILD_TYPE=${BUILD_TYPE}
  -DCMAKE_PREFIX_PATH=${BINARY}/prefix -DRAPPORT_SOURCE_DIR=${RAPPORT}
  -DRAPPORT_PRECOMPILE_HEADERS=ON -DRAPPORT_UNITY_BUILD=ON)
run(${CMAKE_COMMAND} --build ${BINARY}/build)
run(${BINARY}/build/shop)
if(NOT output STREQUAL EXPECTED)
  message(FATAL_ERROR "printed:\n${output}\nbut expected:\n${EXPECTED}")
endif()
