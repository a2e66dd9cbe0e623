#include "mutant.h"

#include <cstring>

namespace shopbell::sim {
namespace {

const char* chosen = nullptr;

}  // namespace

bool mutant(const char* name) { return chosen != nullptr && std::strcmp(chosen, name) == 0; }
void set_mutant(const char* name) { chosen = name; }

}  // namespace shopbell::sim
