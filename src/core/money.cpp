#include <rapport/core/money.hpp>

#include <array>
#include <stdexcept>

namespace rapport::core {
namespace {

// ISO 4217 by decimals; all other codes of the list have 2.
constexpr std::string_view codes_of_0 =
    "BIF CLP DJF GNF IRR ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
constexpr std::string_view codes_of_3 = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view codes_of_4 = "CLF UYW ";
constexpr std::string_view codes_of_2 =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR JMD KES KGS KHR KPW KYD KZT LAK "
    "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER "
    "ZAR ZMW ZWL ";

bool lists(std::string_view codes, std::string_view code) {
  for (std::size_t i = 0; i + 4 <= codes.size(); i += 4) {
    if (codes.substr(i, 3) == code) return true;
  }
  return false;
}

int iso_decimals(std::string_view code) {
  if (lists(codes_of_2, code)) return 2;
  if (lists(codes_of_0, code)) return 0;
  if (lists(codes_of_3, code)) return 3;
  if (lists(codes_of_4, code)) return 4;
  throw std::invalid_argument("Currency: \"" + std::string(code) +
                              "\" is not a code of ISO 4217; name its decimals if it is your own");
}

constexpr std::array<std::int64_t, 7> powers_of_ten = {1,      10,      100,      1'000,
                                                       10'000, 100'000, 1'000'000};

void check_same(const Currency& a, const Currency& b) {
  if (a == b) return;
  throw std::invalid_argument("Money: " + std::string(a.code()) + " and " + std::string(b.code()) +
                              " do not mix without a rate");
}

[[noreturn]] void throw_overflow(const Currency& currency) {
  throw std::overflow_error("Money: the result in " + std::string(currency.code()) +
                            " leaves 64 bits of minor units");
}

}  // namespace

Currency::Currency(std::string_view code) : Currency(code, iso_decimals(code)) {}

Currency::Currency(std::string_view code, int decimals)
    : code_{}, decimals_(static_cast<std::int8_t>(decimals)) {
  bool letters = code.size() == 3;
  for (std::size_t i = 0; letters && i < 3; ++i) {
    letters = code[i] >= 'A' && code[i] <= 'Z';
    code_[i] = code[i];
  }
  if (!letters) {
    throw std::invalid_argument("Currency: code is \"" + std::string(code) +
                                "\", but must be three letters A to Z");
  }
  if (decimals < 0 || decimals > 6) {
    throw std::invalid_argument("Currency: decimals is " + std::to_string(decimals) +
                                ", but must be in [0, 6]");
  }
}

std::int64_t Currency::minor_per_major() const noexcept {
  return powers_of_ten[static_cast<std::size_t>(decimals())];
}

double Money::major() const noexcept {
  return static_cast<double>(minor_) / static_cast<double>(currency_.minor_per_major());
}

Money& Money::operator+=(const Money& other) {
  check_same(currency_, other.currency_);
  std::int64_t result = 0;
  if (__builtin_add_overflow(minor_, other.minor_, &result)) throw_overflow(currency_);
  minor_ = result;
  return *this;
}

Money& Money::operator-=(const Money& other) {
  check_same(currency_, other.currency_);
  std::int64_t result = 0;
  if (__builtin_sub_overflow(minor_, other.minor_, &result)) throw_overflow(currency_);
  minor_ = result;
  return *this;
}

Money operator*(const Money& a, std::int64_t factor) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a.minor_, factor, &product)) throw_overflow(a.currency_);
  return {product, a.currency_};
}

std::strong_ordering operator<=>(const Money& a, const Money& b) {
  check_same(a.currency_, b.currency_);
  return a.minor_ <=> b.minor_;
}

std::string decimal_text(std::int64_t minor, int decimals) {
  // The magnitude as unsigned, since the least int64 has no positive twin.
  const auto magnitude =
      minor < 0 ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
  std::string text = std::to_string(magnitude);
  const auto places = static_cast<std::size_t>(decimals);
  if (places > 0) {
    if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
    text.insert(text.size() - places, 1, '.');
  }
  if (minor < 0) text.insert(0, 1, '-');
  return text;
}

std::string to_text(const Money& money) {
  return decimal_text(money.minor(), money.currency().decimals())
      .append(" ")
      .append(money.currency().code());
}

}  // namespace rapport::core
