// Reading of signed objects whose signature was checked before: what stands in this device's or
// relay's own store. Bytes from outside go through the take_* functions.
#pragma once

#include "shopbell/identity.h"

namespace shopbell {

// Strict decode and format; no signature. truncated, malformed, unknown_format.
Result<Device> parse_device_card(BytesView card);
// The same for an agent certificate.
Result<Certificate> parse_agent_certificate(BytesView certificate);

}  // namespace shopbell
