// Mistakes made on purpose, to see that the checkers find them. They are cut into copies of the
// product's sources that only the program sim_faults links (mutants.cmake), or into the simulator's
// own hosts; all ask here whether it is their turn.
#pragma once

namespace shopbell::sim {

bool mutant(const char* name);
// Null: none. The name must live as long as it is set.
void set_mutant(const char* name);

}  // namespace shopbell::sim
