#include "kill/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "kill/ledger.h"

namespace shopbell::kill {
namespace {

int code_of(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }

std::string end_of_file(const std::string& path) {
  std::ifstream in(path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  constexpr std::size_t bytes_max = 2000;
  return text.size() > bytes_max ? text.substr(text.size() - bytes_max) : text;
}

}  // namespace

Program::~Program() {
  if (pid_ != 0) end(SIGKILL);
}

void Program::start() {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int flags = O_WRONLY | O_CREAT | O_APPEND;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log_file_.c_str(), flags, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::vector<char*> words;
  for (auto& word : words_) words.push_back(word.data());
  words.push_back(nullptr);
  const int failed = posix_spawn(&pid_, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) give_up(fmt::format("{} does not start", words_[0]));
}

int Program::end(int signal) {
  ::kill(pid_, signal);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  ending_ = false;
  return code_ = code_of(status);
}

void Program::signal(int signal) {
  ending_ = true;
  ::kill(pid_, signal);
}

bool Program::ended() {
  int status = 0;
  if (pid_ == 0) return true;
  if (waitpid(pid_, &status, WNOHANG) == 0) return false;
  pid_ = 0;
  ending_ = false;
  code_ = code_of(status);
  return true;
}

void Program::kill() {
  if (pid_ != 0) ::kill(pid_, SIGKILL);
}

void Program::check_running() {
  int status = 0;
  if (pid_ == 0 || ending_ || waitpid(pid_, &status, WNOHANG) == 0) return;
  pid_ = 0;
  give_up(fmt::format("{} ended by itself with {}:\n{}", name(), code_of(status),
                      end_of_file(log_file_)));
}

}  // namespace shopbell::kill
