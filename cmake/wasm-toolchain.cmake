# Emscripten as a plain cross compiler. Its own toolchain file brings the JavaScript glue along,
# which Shopbell does not use (design: STANDALONE_WASM and a typed host).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER emcc)
set(CMAKE_CXX_COMPILER em++)
set(CMAKE_AR emar CACHE FILEPATH "archiver")
set(CMAKE_RANLIB emranlib CACHE FILEPATH "indexer")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
