// console.wasm: the core of the agents' workplace.
#include "engine/state.h"

const bool shopbell::engine::for_team = true;
