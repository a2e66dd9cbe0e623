// core.wasm: what customers load. What only the team's devices do is left out.
#include "engine/state.h"

const bool shopbell::engine::for_team = false;
