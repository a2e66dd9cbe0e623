# shopbell_leaking: the product with a mistake cut into a copy of one source of the desk: it logs
# the words of each message. The control of tests/e2e/blind_search.spec.ts, which must find them.
# Where the cut no longer fits the source, the build says so, and the test fails.
set(source ${CMAKE_CURRENT_LIST_DIR}/../../server/desk/conversations.cpp)
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${source} text)
  set(sound "    words = text->text;\n")
  set(leaking "${sound}    spdlog::info(\"event=message text={}\", words);\n")
  string(FIND "${text}" "${sound}" at)
  if(at EQUAL -1)
    message(WARNING "tests/e2e/leaking_desk.cmake no longer fits conversations.cpp")
  endif()
  string(REPLACE "${sound}" "${leaking}" text "${text}")
  file(WRITE ${OUT} "#include <spdlog/spdlog.h>\n${text}")
  return()
endif()

set(leaking ${CMAKE_BINARY_DIR}/mutants/conversations.cpp)
add_custom_command(
  OUTPUT ${leaking}
  COMMAND ${CMAKE_COMMAND} -DOUT=${leaking} -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${source} ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Cutting a leak into a copy of conversations.cpp")
# The copy defines all that its original in the library does, so that one is not linked.
add_executable(shopbell_leaking ${CMAKE_SOURCE_DIR}/server/main.cpp ${leaking})
target_link_libraries(shopbell_leaking PRIVATE shopbell_server shopbell_warnings)
