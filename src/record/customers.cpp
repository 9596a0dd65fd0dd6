#include <rapport/record/customers.hpp>

#include <algorithm>
#include <charconv>

namespace rapport::record {

std::uint32_t Customers::size() const noexcept {
  return std::visit([](const auto& keys) { return static_cast<std::uint32_t>(keys.size()); },
                    keys_);
}

CustomerKey Customers::key(CustomerId id) const noexcept {
  if (const auto* integers = std::get_if<0>(&keys_)) return (*integers)[id.value];
  return std::get<1>(keys_)[id.value];
}

std::string Customers::key_text(CustomerId id) const {
  if (const auto* integers = std::get_if<0>(&keys_)) return std::to_string((*integers)[id.value]);
  return std::string(std::get<1>(keys_)[id.value]);
}

std::optional<CustomerId> Customers::find(const CustomerKey& key) const noexcept {
  if (const auto* integers = std::get_if<0>(&keys_)) {
    const auto wanted =
        key.index() == 0 ? std::optional(std::get<0>(key)) : canonical_integer(std::get<1>(key));
    if (!wanted) return std::nullopt;
    const auto found = std::lower_bound(integers->begin(), integers->end(), *wanted);
    if (found == integers->end() || *found != *wanted) return std::nullopt;
    return CustomerId{static_cast<std::uint32_t>(found - integers->begin())};
  }
  const Names& names = std::get<1>(keys_);
  char buffer[24];
  std::string_view text;
  if (const auto* integer = std::get_if<0>(&key)) {
    text = {buffer, static_cast<std::size_t>(
                        std::to_chars(buffer, buffer + sizeof buffer, *integer).ptr - buffer)};
  } else {
    text = std::get<1>(key);
  }
  const auto number = names.find(text);
  return number ? std::optional(CustomerId{*number}) : std::nullopt;
}

std::optional<std::int64_t> canonical_integer(std::string_view text) noexcept {
  const std::string_view digits = text.substr(!text.empty() && text.front() == '-' ? 1 : 0);
  if (digits.empty() || digits.size() > 19) return std::nullopt;
  if (digits.front() == '0' && text.size() > 1) return std::nullopt;  // "007", "-0", "00"
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace rapport::record
