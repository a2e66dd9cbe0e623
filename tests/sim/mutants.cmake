# sim_faults: the simulator once more, over a product into which known mistakes can be switched. A
# mistake is a file of tests/sim/mutants: the source, what it does, the sound text and the mistaken
# one. They are cut into copies of the sources, so that the product holds no trace of them. Where a
# source has changed so much that a cut no longer fits, the build warns, and `sim --mutants` fails.

file(GLOB cuts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/sim/mutants/*.cut)
set(mutated_sources)
foreach(cut IN LISTS cuts)
  file(STRINGS ${cut} source LIMIT_COUNT 1)
  list(APPEND mutated_sources ${source})
  list(APPEND cuts_of_${source} ${cut})
endforeach()
list(REMOVE_DUPLICATES mutated_sources)

set(mutants)
foreach(source IN LISTS mutated_sources)
  get_filename_component(name ${source} NAME)
  set(mutant ${CMAKE_BINARY_DIR}/mutants/${name})
  list(JOIN cuts_of_${source} "," joined)
  add_custom_command(
    OUTPUT ${mutant}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR}/${source} -DOUT=${mutant}
            -DCUTS=${joined} -P ${CMAKE_SOURCE_DIR}/tests/sim/mutate.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/${source} ${cuts_of_${source}}
            ${CMAKE_SOURCE_DIR}/tests/sim/mutate.cmake
    COMMENT "Cutting mistakes into a copy of ${name}")
  list(APPEND mutants ${mutant})
endforeach()

get_target_property(sim_sources sim SOURCES)
add_executable(sim_faults ${sim_sources} ${mutants})
target_include_directories(sim_faults PRIVATE
  ${CMAKE_SOURCE_DIR}/core/src ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(sim_faults PRIVATE SHOPBELL_SIM_MUTANTS
  SHOPBELL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
# The mutants define all that their originals in the library do, so those are not linked.
target_link_libraries(sim_faults PRIVATE shopbell_desk shopbell_warnings)
target_compile_options(sim_faults PRIVATE -Wno-stringop-overread)
if(NOT SHOPBELL_SANITIZE)
  add_dependencies(sim sim_faults)
endif()
