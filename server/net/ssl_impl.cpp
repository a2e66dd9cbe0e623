// The one translation unit that holds the bodies of Asio's TLS (separate compilation).
#include <boost/asio/ssl/impl/src.hpp>
