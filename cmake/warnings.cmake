# Warnings of our own build: they never reach a project that links rapport.
add_library(rapport_warnings INTERFACE)
target_compile_options(rapport_warnings INTERFACE
  $<$<CXX_COMPILER_ID:GNU,Clang>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual>
  # Naming only the options that differ is how options structs are meant to be used.
  $<$<CXX_COMPILER_ID:GNU,Clang>:-Wno-missing-field-initializers>
  # GCC 12 sees an overlap in every "text" + std::string at -O3 (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${RAPPORT_WARNINGS_AS_ERRORS}>:-Werror>)
