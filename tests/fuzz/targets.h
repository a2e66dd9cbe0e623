// Each decoder of bytes from outside as a function that takes any bytes: it must return. What must
// hold besides (decode, encode, decode gives the same) is said by require(). The same functions
// serve libFuzzer (fuzz.cpp) and the replay of the corpora in the plain build (replay_test.cpp).
#pragma once

#include <map>
#include <string>

#include "shopbell/bytes.h"

namespace shopbell::fuzz {

using Target = void (*)(BytesView);
const std::map<std::string, Target>& targets();

// Aborts with a sentence: what came in broke a promise.
void require(bool holds, const char* promise);

// By file.
void add_codec(std::map<std::string, Target>& out);
void add_objects(std::map<std::string, Target>& out);
void add_machines(std::map<std::string, Target>& out);
void add_files(std::map<std::string, Target>& out);
void add_pages(std::map<std::string, Target>& out);
void add_tus(std::map<std::string, Target>& out);

}  // namespace shopbell::fuzz
