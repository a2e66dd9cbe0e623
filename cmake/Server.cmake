# The native program, in three layers: Boost compiled once, logic without Asio, and what touches
# the network.

find_package(Boost 1.81 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)

# asio_impl.cpp and ssl_impl.cpp instantiate Asio and Beast, json_impl.cpp Boost.JSON; nobody else
# pays for them.
set(boost_sources
  ${CMAKE_SOURCE_DIR}/server/net/asio_impl.cpp ${CMAKE_SOURCE_DIR}/server/net/ssl_impl.cpp
  ${CMAKE_SOURCE_DIR}/server/net/json_impl.cpp)
shopbell_library(shopbell_boost ${boost_sources})
target_compile_definitions(shopbell_boost PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(shopbell_boost PUBLIC Boost::headers Threads::Threads OpenSSL::SSL)

shopbell_sources(logic_sources server/relay server/store server/bus server/blob)
shopbell_library(shopbell_logic ${logic_sources})
target_include_directories(shopbell_logic PUBLIC ${CMAKE_SOURCE_DIR}/server)
target_link_libraries(shopbell_logic PUBLIC
  shopbell_core SQLite::SQLite3 spdlog::spdlog fmt::fmt Threads::Threads)

shopbell_sources(desk_sources server/desk)
shopbell_library(shopbell_desk ${desk_sources})
target_link_libraries(shopbell_desk PUBLIC shopbell_logic PRIVATE shopbell_boost)

shopbell_sources(net_sources server)
list(REMOVE_ITEM net_sources ${logic_sources} ${desk_sources} ${CMAKE_SOURCE_DIR}/server/main.cpp
  ${boost_sources})
shopbell_library(shopbell_net ${net_sources})
target_precompile_headers(shopbell_net PRIVATE ${CMAKE_SOURCE_DIR}/server/net/asio_pch.h)
target_compile_options(shopbell_net PRIVATE -fpch-preprocess)
target_link_libraries(shopbell_net PUBLIC
  shopbell_desk shopbell_boost tomlplusplus::tomlplusplus CLI11::CLI11)

add_library(shopbell_server INTERFACE)
target_link_libraries(shopbell_server INTERFACE shopbell_net shopbell_desk shopbell_logic)

if(EXISTS ${CMAKE_SOURCE_DIR}/server/main.cpp)
  add_executable(shopbell ${CMAKE_SOURCE_DIR}/server/main.cpp)
  target_link_libraries(shopbell PRIVATE shopbell_server shopbell_warnings)
endif()
file(GLOB main_file CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/server/main.cpp)
