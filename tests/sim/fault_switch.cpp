// Which mistake sim_faults has its engines make (mutate.cmake); its own sources say who reads it.
namespace shopbell::engine {

extern int simulated_fault;
int simulated_fault = 0;

}  // namespace shopbell::engine
