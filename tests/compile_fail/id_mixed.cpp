// A log's id can not be passed where a device's is meant.
#include "shopbell/bytes.h"

bool is_known(const shopbell::DeviceId& device) { return !device.is_zero(); }

bool ask(const shopbell::LogId& log, const shopbell::DeviceId& device) {
#ifdef CONTROL
  return is_known(device) && !log.is_zero();
#else
  return is_known(log) && is_known(device);
#endif
}
