# wire.h and errors.h, made from the same sources as their TypeScript twins.

set(SHOPBELL_GEN ${CMAKE_BINARY_DIR}/gen)
file(MAKE_DIRECTORY ${SHOPBELL_GEN}/shopbell)
file(GLOB protos CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/proto/*.proto)
file(GLOB generators CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scripts/gen_*.mjs)
find_program(NODE node REQUIRED NO_CMAKE_FIND_ROOT_PATH)

set(generated)
if(generators MATCHES "gen_wire.mjs" AND protos)
  add_custom_command(
    OUTPUT ${SHOPBELL_GEN}/shopbell/wire.h
    COMMAND ${NODE} scripts/gen_wire.mjs --cpp ${SHOPBELL_GEN}/shopbell/wire.h
            --ts ${SHOPBELL_GEN}/wire.ts
    DEPENDS ${protos} ${CMAKE_SOURCE_DIR}/scripts/gen_wire.mjs
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMENT "Generating wire.h")
  list(APPEND generated ${SHOPBELL_GEN}/shopbell/wire.h)
endif()
if(generators MATCHES "gen_errors.mjs" AND EXISTS ${CMAKE_SOURCE_DIR}/core/errors.json)
  add_custom_command(
    OUTPUT ${SHOPBELL_GEN}/shopbell/errors.h
    COMMAND ${NODE} scripts/gen_errors.mjs --cpp ${SHOPBELL_GEN}/shopbell/errors.h
            --ts ${SHOPBELL_GEN}/errors.ts --md ${SHOPBELL_GEN}/ERRORS.md
    DEPENDS ${CMAKE_SOURCE_DIR}/core/errors.json ${CMAKE_SOURCE_DIR}/scripts/gen_errors.mjs
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMENT "Generating errors.h")
  list(APPEND generated ${SHOPBELL_GEN}/shopbell/errors.h)
endif()
add_custom_target(shopbell_generated DEPENDS ${generated})
