# Compiler cache, linker, warnings, sanitizers, and two helpers for folders that fill up over time.

find_program(CCACHE ccache)
if(CCACHE)
  # With a precompiled header ccache only hits when it may overlook the header's time stamp.
  set(CCACHE ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
else()
  set(CCACHE)
endif()

if(NOT SHOPBELL_WASM)
  find_program(MOLD mold)
  if(MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

add_library(shopbell_warnings INTERFACE)
target_compile_options(shopbell_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Werror>)

if(SHOPBELL_SANITIZE)
  # vptr needs run-time type information, which the core is built without.
  add_compile_options(-fsanitize=${SHOPBELL_SANITIZE} -fno-sanitize=vptr
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # g++ 12 loses track of initialisation in instrumented code.
  add_compile_options(-Wno-maybe-uninitialized)
  if(SHOPBELL_SANITIZE STREQUAL "thread")
    # ThreadSanitizer knows nothing of fences; a handler's order has to come from locks.
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
  add_link_options(-fsanitize=${SHOPBELL_SANITIZE} -fno-sanitize=vptr)
endif()

file(WRITE ${CMAKE_BINARY_DIR}/nothing.cpp.new "// Stands in for a folder without sources.\n")
file(COPY_FILE
  ${CMAKE_BINARY_DIR}/nothing.cpp.new ${CMAKE_BINARY_DIR}/nothing.cpp ONLY_IF_DIFFERENT)

# shopbell_sources(OUT DIR...): every .cpp below the folders; a new file makes CMake look again.
function(shopbell_sources out)
  set(found)
  foreach(dir IN LISTS ARGN)
    file(GLOB_RECURSE here CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${dir}/*.cpp)
    list(APPEND found ${here})
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# shopbell_library(NAME SOURCES...): a static library, also when there is no source yet.
function(shopbell_library name)
  set(sources ${ARGN})
  if(NOT sources)
    set(sources ${CMAKE_BINARY_DIR}/nothing.cpp)
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PRIVATE shopbell_warnings)
endfunction()
