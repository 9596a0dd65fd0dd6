# Runs COMMAND, which must fail within LIMIT seconds and say just once what MESSAGE matches.
separate_arguments(COMMAND UNIX_COMMAND "${COMMAND}")
execute_process(COMMAND ${COMMAND} RESULT_VARIABLE result OUTPUT_VARIABLE output
  ERROR_VARIABLE output TIMEOUT ${LIMIT})
if(result STREQUAL "0")
  message(FATAL_ERROR "it succeeded:\n${output}")
elseif(result MATCHES "timeout")
  message(FATAL_ERROR "it hung:\n${output}")
endif()
string(REGEX MATCHALL "${MESSAGE}" found "${output}")
list(LENGTH found times)
if(NOT times EQUAL 1)
  message(FATAL_ERROR "said ${times} times, not once:\n${output}")
endif()
