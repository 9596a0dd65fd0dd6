# The presets travel twice: as files that a business copies and changes, and as texts inside the
# library, so that io::preset needs to find no file.
file(GLOB preset_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/presets/*.json)
list(SORT preset_files)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${preset_files})
set(rapport_preset_texts "")
foreach(file IN LISTS preset_files)
  cmake_path(GET file STEM name)
  file(READ ${file} text)
  string(APPEND rapport_preset_texts "    {\"${name}\", R\"json(${text})json\"},\n")
endforeach()
configure_file(cmake/preset_texts.cpp.in preset_texts.cpp @ONLY)
target_sources(rapport PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/preset_texts.cpp)
target_include_directories(rapport PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src/io)

install(FILES ${preset_files} DESTINATION ${CMAKE_INSTALL_DATADIR}/rapport/presets)
