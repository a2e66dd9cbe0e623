// A value or a named error of core/errors.json. The core throws nothing.
#pragma once

#include <optional>
#include <utility>

#include "shopbell/errors.h"

namespace shopbell {

// [[nodiscard]]: an error that nobody looks at is a defect.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Errc error) : error_(error) {}

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  Errc error() const { return error_; }
  // Precondition: ok().
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Errc error_ = Errc::none;
};

// Success or a named error, where there is no value.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Errc error) : error_(error) {}
  bool ok() const { return error_ == Errc::none; }
  explicit operator bool() const { return ok(); }
  Errc error() const { return error_; }

 private:
  Errc error_ = Errc::none;
};

}  // namespace shopbell
