#include <rapport/io/csv.hpp>
#include <rapport/io/parse.hpp>

#include "table.hpp"

#include <algorithm>

namespace rapport::io {

struct CsvReader::State {
  State(Input input, const Dialect& dialect, bool strict_mode)
      : table(std::move(input), dialect),
        tokenizer(table.rows()),
        strict(strict_mode),
        scratch(table.header().size()) {}

  void refuse(core::Refusal refusal) {
    refusal.line += table.lines_before();
    if (strict) throw core::RowRefused(std::move(refusal));
    refusals.add(std::move(refusal));
  }

  detail::Table table;
  detail::Tokenizer tokenizer;
  bool strict;
  detail::Row row;
  std::vector<std::string> scratch;  // fields that had to be unquoted, by column
  core::Refusals refusals;
};

CsvReader::CsvReader(Input input, const Dialect& dialect, bool strict)
    : state_(std::make_unique<State>(std::move(input), dialect, strict)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::header() const noexcept {
  return state_->table.header();
}

char CsvReader::delimiter() const noexcept { return state_->table.dialect().delimiter; }

std::optional<std::size_t> CsvReader::find(std::string_view name) const {
  return state_->table.find(name);
}

std::size_t CsvReader::column(std::string_view name) const {
  if (const auto found = find(name)) return *found;
  state_->table.throw_missing({std::string(name)});
}

bool CsvReader::next() {
  while (state_->tokenizer.next(state_->row)) {
    auto refusal = state_->table.refusal(state_->row);
    if (!refusal) return true;
    state_->refuse(std::move(*refusal));
  }
  return false;
}

std::string_view CsvReader::field(std::size_t column) {
  return detail::contents(state_->table.text(), state_->row.fields[column],
                          state_->scratch[column]);
}

void CsvReader::refuse(core::Reason reason, std::size_t column) {
  state_->refuse(state_->table.refusal(state_->row, reason, column));
}

std::uint64_t CsvReader::rows() const noexcept { return state_->tokenizer.rows(); }
const core::Refusals& CsvReader::refusals() const noexcept { return state_->refusals; }

const std::vector<double>* NumberColumns::find(std::string_view name) const noexcept {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &columns[static_cast<std::size_t>(found - names.begin())];
}

NumberColumns read_numbers(const Input& input, const std::vector<std::string>& needed,
                           const std::vector<std::string>& wanted, const Dialect& dialect,
                           bool strict) {
  const detail::Table header(input, dialect);
  NumberColumns result;
  std::vector<std::size_t> places;
  std::vector<std::string> missing;
  const auto look_for = [&](const std::string& name, bool must) {
    if (const auto place = header.find(name)) {
      result.names.push_back(name);
      places.push_back(*place);
    } else if (must) {
      missing.push_back(name);
    }
  };
  for (const std::string& name : needed) look_for(name, true);
  for (const std::string& name : wanted) look_for(name, false);
  if (!missing.empty()) header.throw_missing(missing);

  CsvReader csv(input, header.dialect(), strict);
  result.columns.resize(places.size());
  std::vector<double> numbers(places.size());
  while (csv.next()) {
    std::size_t good = 0;
    for (; good < places.size(); ++good) {
      const std::string_view text = csv.field(places[good]);
      const auto number = parse_number(text, dialect);
      if (!number) {
        csv.refuse(text.empty() ? core::Reason::missing_field : *number.refused, places[good]);
        break;
      }
      numbers[good] = number.value;
    }
    if (good < places.size()) continue;
    for (std::size_t i = 0; i < places.size(); ++i) result.columns[i].push_back(numbers[i]);
  }
  result.refusals = csv.refusals();
  return result;
}

}  // namespace rapport::io
