// The command line: what each command takes and does.
#pragma once

namespace shopbell::app {

// Runs one command; the result is the process's exit code: 0 done, 1 refused, 2 wrongly called.
int run_command(int argc, const char* const* argv);

}  // namespace shopbell::app
