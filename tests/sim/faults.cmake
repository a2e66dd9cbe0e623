# sim_faults: the simulator once more, over an engine into which a known mistake can be switched.
# The mistakes are cut into copies of three sources, so that the product holds no trace of them.
# Where a source has changed so much that the cut no longer fits, the copy stays whole, and
# `sim --faults` fails.

set(mutants)
foreach(name IN ITEMS outbox repeats replica)
  set(source ${CMAKE_SOURCE_DIR}/core/src/engine/${name}.cpp)
  set(mutant ${CMAKE_BINARY_DIR}/mutants/${name}.cpp)
  add_custom_command(
    OUTPUT ${mutant}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DOUT=${mutant} -DNAME=${name}
            -P ${CMAKE_SOURCE_DIR}/tests/sim/mutate.cmake
    DEPENDS ${source} ${CMAKE_SOURCE_DIR}/tests/sim/mutate.cmake
    COMMENT "Cutting a mistake into a copy of ${name}.cpp")
  list(APPEND mutants ${mutant})
endforeach()

get_target_property(sim_sources sim SOURCES)
add_executable(sim_faults ${sim_sources} ${mutants})
target_include_directories(sim_faults PRIVATE
  ${CMAKE_SOURCE_DIR}/core/src ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(sim_faults PRIVATE SHOPBELL_SIM_MUTANTS
  SHOPBELL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
# The mutants define all that their originals in the library do, so those are not linked.
target_link_libraries(sim_faults PRIVATE shopbell_server shopbell_warnings)
add_dependencies(sim sim_faults)
