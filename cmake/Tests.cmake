# One executable a folder of tests/; a folder without sources makes none.

find_package(GTest REQUIRED)

function(shopbell_test_program name folder library)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/node_modules/")
  if(sources)
    add_executable(${name} ${sources})
    target_include_directories(${name} PRIVATE
      ${CMAKE_SOURCE_DIR}/core/src ${CMAKE_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE SHOPBELL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${library} shopbell_warnings ${ARGN})
    # g++ 12 sees overruns in the comparison of two vectors of bytes.
    target_compile_options(${name} PRIVATE -Wno-stringop-overread)
  endif()
endfunction()

shopbell_test_program(unit_tests tests/unit shopbell_server GTest::gtest_main)
shopbell_test_program(contract_tests tests/contract shopbell_server GTest::gtest_main)
shopbell_test_program(sim tests/sim shopbell_desk)
include(${CMAKE_SOURCE_DIR}/tests/sim/mutants.cmake)
include(${CMAKE_SOURCE_DIR}/tests/e2e/leaking_desk.cmake)
include(Fuzz)
shopbell_test_program(loadgen tests/load shopbell_server)
shopbell_test_program(kill_rounds tests/kill shopbell_server)
target_sources(kill_rounds PRIVATE
  ${CMAKE_SOURCE_DIR}/tests/load/core_host.cpp ${CMAKE_SOURCE_DIR}/tests/load/link.cpp
  ${CMAKE_SOURCE_DIR}/tests/load/measure.cpp)

# The part of the unit tests that needs no Boost: what ./run test builds with sanitizers.
file(GLOB logic_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/core/*.cpp
  ${CMAKE_SOURCE_DIR}/tests/unit/engine/*.cpp ${CMAKE_SOURCE_DIR}/tests/unit/relay/*.cpp)
list(FILTER logic_tests EXCLUDE REGEX "/vectors")
add_executable(logic_tests EXCLUDE_FROM_ALL ${logic_tests})
target_include_directories(logic_tests PRIVATE
  ${CMAKE_SOURCE_DIR}/core/src ${CMAKE_SOURCE_DIR}/tests)
target_compile_options(logic_tests PRIVATE -Wno-stringop-overread)
target_link_libraries(logic_tests PRIVATE shopbell_desk shopbell_warnings GTest::gtest_main)

# The wasm boundary as a native program; tests/wasm compares the two byte by byte.
add_executable(abi_native tests/wasm/abi_native.cpp wasm/abi.cpp)
target_link_libraries(abi_native PRIVATE shopbell_core shopbell_warnings)

# The result files give ./run the number of cases; ctest alone counts programs.
foreach(program IN ITEMS unit_tests contract_tests fuzz_replay)
  if(TARGET ${program})
    add_test(NAME ${program}
      COMMAND ${program} --gtest_brief=1
              --gtest_output=json:${CMAKE_BINARY_DIR}/results/${program}.json)
  endif()
endforeach()

# Each public header stands alone.
file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/include/shopbell/*.h)
set(alone)
foreach(header IN LISTS headers)
  get_filename_component(name ${header} NAME)
  set(unit ${CMAKE_BINARY_DIR}/headers/${name}.cpp)
  set(twice "#include <shopbell/${name}>\n#include <shopbell/${name}>\n")
  file(CONFIGURE OUTPUT ${unit} CONTENT "${twice}")
  list(APPEND alone ${unit})
endforeach()
if(alone)
  shopbell_library(public_headers ${alone})
  target_link_libraries(public_headers PRIVATE shopbell_core)
  target_compile_options(public_headers PRIVATE -fno-exceptions -fno-rtti -Wconversion)
endif()

# What must not compile; the same file with CONTROL defined must, else it fails for another reason.
file(GLOB refused CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/compile_fail/*.cpp)
foreach(source IN LISTS refused)
  get_filename_component(name ${source} NAME_WE)
  add_test(NAME compile_fail.${name}
    COMMAND ${CMAKE_COMMAND} -DCXX=${CMAKE_CXX_COMPILER} -DSOURCE=${source}
            -DGEN=${SHOPBELL_GEN} -P ${CMAKE_SOURCE_DIR}/cmake/compile_fail.cmake)
endforeach()
