# Runs PROGRAM with ARGUMENTS; it must print what the file EXPECTED holds.
execute_process(COMMAND ${PROGRAM} ${ARGUMENTS}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors)
file(READ ${EXPECTED} expected)
if(result OR NOT output STREQUAL expected)
  message(FATAL_ERROR "${PROGRAM} printed\n${output}${errors}but this was expected:\n${expected}")
endif()
