# Targets of outside bytes: replayed from their corpora by the plain build, searched by libFuzzer
# in the preset "fuzz" (clang), which builds nothing else.

file(GLOB fuzz_targets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*targets.cpp)
set(fuzz_sources ${fuzz_targets} ${CMAKE_SOURCE_DIR}/tests/unit/engine/script.cpp
    ${CMAKE_SOURCE_DIR}/tests/unit/engine/script_restore.cpp)

if(SHOPBELL_FUZZ)
  add_executable(fuzz ${fuzz_sources} ${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz.cpp
    ${CMAKE_SOURCE_DIR}/server/app/config.cpp ${CMAKE_SOURCE_DIR}/server/app/entropy.cpp
    ${CMAKE_SOURCE_DIR}/server/app/keys.cpp ${CMAKE_SOURCE_DIR}/server/desk/domains.cpp
    ${CMAKE_SOURCE_DIR}/server/net/static_files.cpp ${CMAKE_SOURCE_DIR}/server/net/json_impl.cpp)
  target_link_libraries(fuzz PRIVATE
    shopbell_logic Boost::headers tomlplusplus::tomlplusplus GTest::gtest)
  target_link_options(fuzz PRIVATE -fsanitize=fuzzer)
  set(fuzz_program fuzz)
else()
  add_executable(fuzz_replay ${fuzz_sources} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_test.cpp)
  target_link_libraries(fuzz_replay PRIVATE shopbell_server shopbell_warnings GTest::gtest_main)
  target_compile_definitions(fuzz_replay PRIVATE SHOPBELL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_compile_options(fuzz_replay PRIVATE -Wno-stringop-overread)
  set(fuzz_program fuzz_replay)
endif()
target_include_directories(${fuzz_program} PRIVATE
  ${CMAKE_SOURCE_DIR}/core/src ${CMAKE_SOURCE_DIR}/tests)
