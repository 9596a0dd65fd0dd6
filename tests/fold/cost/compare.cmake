# Counts the instructions of both programs: those of 60 folds less those of none.
set(most_ratio_in_percent 115)

find_program(VALGRIND valgrind)
if(NOT VALGRIND)
  message("skipped: valgrind is not installed")
  return()
endif()

function(instructions program repetitions result answer)
  execute_process(COMMAND ${VALGRIND} --tool=callgrind --callgrind-out-file=/dev/null
      ${program} ${repetitions}
    OUTPUT_VARIABLE output ERROR_VARIABLE log RESULT_VARIABLE status)
  if(NOT status EQUAL 0 OR NOT log MATCHES "Collected : ([0-9]+)")
    message(FATAL_ERROR "callgrind did not run ${program}: ${log}")
  endif()
  set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
  set(${answer} ${output} PARENT_SCOPE)
endfunction()

foreach(way ENGINE BY_HAND)
  instructions(${${way}} 0 before nothing)
  instructions(${${way}} 60 after ${way}_ANSWER)
  math(EXPR ${way}_COST "${after} - ${before}")
endforeach()
math(EXPR ratio "100 * ${ENGINE_COST} / ${BY_HAND_COST}")
message("engine ${ENGINE_COST} instructions, by hand ${BY_HAND_COST}: ${ratio} %")
if(NOT ENGINE_ANSWER STREQUAL BY_HAND_ANSWER)
  message(FATAL_ERROR "the two answers differ: ${ENGINE_ANSWER} ${BY_HAND_ANSWER}")
endif()
if(ratio GREATER most_ratio_in_percent)
  message(FATAL_ERROR "the engine costs more than ${most_ratio_in_percent} % of a loop by hand")
endif()
