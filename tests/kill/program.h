// A started `shopbell`: killed by its process id, waited for, started again with the same words.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace shopbell::kill {

class Program {
 public:
  // `words[0]` is the file to run; what it logs goes behind what `log_file` has.
  Program(std::vector<std::string> words, std::string log_file)
      : words_(std::move(words)), log_file_(std::move(log_file)) {}
  // Killed, if it still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void start();
  // Sends the signal and waits for the end. The exit code, or minus the signal that ended it.
  int end(int signal);
  // The same in steps: code() holds once ended() is true.
  void signal(int signal);
  bool ended();
  int code() const { return code_; }
  // It will end by itself, which is not for check_running() to complain of.
  void let_end() { ending_ = true; }
  // At once, without waiting.
  void kill();
  // Gives up with the end of its log where it has ended by itself.
  void check_running();
  const std::string& name() const { return words_[1]; }
  pid_t pid() const { return pid_; }

 private:
  std::vector<std::string> words_;
  std::string log_file_;
  pid_t pid_ = 0;
  bool ending_ = false;
  int code_ = 0;
};

}  // namespace shopbell::kill
