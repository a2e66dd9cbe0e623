# libsodium for wasm, from source. randombytes.c stays out: under Emscripten it draws from an
# import that a careless host answers with zeros. wasm/randombytes.cpp supplies those symbols from
# the Entropy input and aborts when the pool is empty.

set(sodium_root ${CMAKE_SOURCE_DIR}/build/deps/libsodium)
execute_process(
  COMMAND ${CMAKE_SOURCE_DIR}/scripts/fetch_sodium.sh ${sodium_root}
  COMMAND_ERROR_IS_FATAL ANY)

set(sodium_src ${sodium_root}/src/libsodium)
set(VERSION 1.0.18)
set(SODIUM_LIBRARY_VERSION_MAJOR 10)
set(SODIUM_LIBRARY_VERSION_MINOR 3)
set(SODIUM_LIBRARY_MINIMAL_DEF "#define SODIUM_LIBRARY_MINIMAL 1")
configure_file(
  ${sodium_src}/include/sodium/version.h.in ${sodium_src}/include/sodium/version.h @ONLY)

file(GLOB_RECURSE sodium_sources ${sodium_src}/*.c)
list(FILTER sodium_sources EXCLUDE REGEX "/randombytes/")
# The twelve rounds of BLAKE2b as a loop: written out they are a kilobyte more for each browser.
set(blake2b_folder ${sodium_src}/crypto_generichash/blake2b/ref)
set(blake2b_file ${CMAKE_BINARY_DIR}/blake2b-compress-ref.c)
file(READ ${blake2b_folder}/blake2b-compress-ref.c blake2b_text)
string(REGEX REPLACE "ROUND\\(0\\);.*ROUND\\(11\\);"
  "for (int r = 0; r < 12; ++r) {\n        ROUND(r);\n    }" blake2b_text "${blake2b_text}")
if(NOT blake2b_text MATCHES "r < 12")
  message(FATAL_ERROR "blake2b-compress-ref.c is not the one of libsodium ${VERSION}")
endif()
file(CONFIGURE OUTPUT ${blake2b_file} CONTENT "${blake2b_text}" @ONLY)
list(FILTER sodium_sources EXCLUDE REGEX "/blake2b-compress-ref\\.c$")
list(APPEND sodium_sources ${blake2b_file})
# wasm/base_point.cpp supplies this function without its table of 27 KB.
set_source_files_properties(${sodium_src}/crypto_core/ed25519/ref10/ed25519_ref10.c PROPERTIES
  COMPILE_DEFINITIONS ge25519_scalarmult_base=ge25519_scalarmult_base_by_table)
add_library(shopbell_sodium STATIC ${sodium_sources})
# Its configure script would find out the order of bytes; without that it takes each by itself.
set(sodium_definitions CONFIGURED=1 MINIMAL NATIVE_LITTLE_ENDIAN=1)
target_compile_definitions(shopbell_sodium PRIVATE ${sodium_definitions} PUBLIC SODIUM_STATIC)
target_compile_options(shopbell_sodium PRIVATE -w)
target_include_directories(shopbell_sodium SYSTEM
  PUBLIC ${sodium_src}/include PRIVATE ${sodium_src}/include/sodium ${blake2b_folder})

# What blob.wasm uses, for it to compile in its own way.
set(sodium_blob_sources
  ${blake2b_folder}/blake2b-ref.c ${blake2b_folder}/blake2b-compress-ref.c
  ${blake2b_folder}/generichash_blake2b.c
  ${sodium_src}/crypto_generichash/crypto_generichash.c
  ${sodium_src}/crypto_aead/xchacha20poly1305/sodium/aead_xchacha20poly1305.c
  ${sodium_src}/crypto_stream/chacha20/stream_chacha20.c
  ${sodium_src}/crypto_stream/chacha20/ref/chacha20_ref.c
  ${sodium_src}/crypto_core/hchacha20/core_hchacha20.c
  ${sodium_src}/crypto_onetimeauth/poly1305/onetimeauth_poly1305.c
  ${sodium_src}/crypto_onetimeauth/poly1305/donna/poly1305_donna.c
  ${sodium_src}/crypto_verify/sodium/verify.c)
