# The core: no Boost, no I/O, no exceptions, no run-time type information; native and wasm alike.

if(SHOPBELL_WASM)
  include(Sodium)
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
  add_library(shopbell_sodium INTERFACE)
  target_link_libraries(shopbell_sodium INTERFACE PkgConfig::SODIUM)
endif()

shopbell_sources(core_sources core/src)
shopbell_library(shopbell_core ${core_sources})
add_dependencies(shopbell_core shopbell_generated)
target_include_directories(shopbell_core
  PUBLIC ${CMAKE_SOURCE_DIR}/core/include ${SHOPBELL_GEN}
  PRIVATE ${CMAKE_SOURCE_DIR}/core/src)
target_link_libraries(shopbell_core PUBLIC shopbell_sodium)
target_compile_options(shopbell_core PRIVATE -fno-exceptions -fno-rtti)
if(SHOPBELL_WASM)
  target_compile_definitions(shopbell_core PRIVATE SHOPBELL_IN_BROWSER)
else()
  # Only here: clang counts sign conversions in, which g++ leaves out.
  target_compile_options(shopbell_core PRIVATE -Wconversion)
endif()

# The same sources before the older clang of em++, so that a build on the desk finds what the wasm
# build would refuse. The system's libsodium headers are lent to it through links.
find_program(EMXX em++)
if(SHOPBELL_WASM_SYNTAX AND EMXX AND core_sources)
  set(lent ${CMAKE_BINARY_DIR}/sodium_include)
  file(MAKE_DIRECTORY ${lent})
  file(CREATE_LINK /usr/include/sodium.h ${lent}/sodium.h SYMBOLIC)
  file(CREATE_LINK /usr/include/sodium ${lent}/sodium SYMBOLIC)
  set(stamps)
  foreach(source IN LISTS core_sources)
    file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR} ${source})
    string(MAKE_C_IDENTIFIER ${name} name)
    set(stamp ${CMAKE_BINARY_DIR}/syntax/${name}.ok)
    add_custom_command(
      OUTPUT ${stamp}
      COMMAND ${CCACHE} ${EMXX} -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Werror
              -fno-exceptions -fno-rtti -fsyntax-only -MD -MF ${stamp}.d -MT ${stamp}
              -I${CMAKE_SOURCE_DIR}/core/include -I${CMAKE_SOURCE_DIR}/core/src
              -I${SHOPBELL_GEN} -isystem ${lent} ${source}
      COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
      DEPENDS ${source} shopbell_generated
      DEPFILE ${stamp}.d
      COMMENT "em++ reads ${name}")
    list(APPEND stamps ${stamp})
  endforeach()
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/syntax)
  add_custom_target(core_wasm_syntax ALL DEPENDS ${stamps})
endif()
