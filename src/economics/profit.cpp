#include <rapport/economics/profit.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/checked.hpp>
#include <rapport/core/wide.hpp>

#include <limits>

namespace rapport::economics {
namespace {

using core::add_checked;
using core::subtract_checked;

constexpr std::int64_t ProfitAndLoss::*statement_lines[] = {
    &ProfitAndLoss::revenue,      &ProfitAndLoss::returns,  &ProfitAndLoss::goods,
    &ProfitAndLoss::contact_time, &ProfitAndLoss::contacts, &ProfitAndLoss::recovery,
    &ProfitAndLoss::privileges};

}  // namespace

std::int64_t TimeCost::of(std::uint64_t spent) const {
  if (amount < 0) {
    core::throw_domain_error("TimeCost", "amount", static_cast<double>(amount), ">= 0");
  }
  if (minutes <= 0) {
    core::throw_domain_error("TimeCost", "minutes", static_cast<double>(minutes), "> 0");
  }
  const auto product = core::Uint128{spent} * static_cast<std::uint64_t>(amount);
  const auto divisor = static_cast<std::uint64_t>(minutes);
  core::Uint128 cost = product / divisor;
  const auto rest = static_cast<std::uint64_t>(product % divisor);
  const std::uint64_t other_side = divisor - rest;
  cost += static_cast<unsigned>(rest > other_side || (rest == other_side && cost % 2 == 1));
  if (cost > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    core::throw_overflow("TimeCost");
  }
  return static_cast<std::int64_t>(cost);
}

std::int64_t ProfitAndLoss::activity_cost() const {
  std::int64_t sum = 0;
  for (const std::int64_t line : {contact_time, contacts, recovery, privileges}) {
    add_checked(sum, line, "activity_cost");
  }
  return sum;
}

std::int64_t ProfitAndLoss::contribution() const {
  // In 128 bits: what is in range as a whole may not be so half way.
  core::Int128 sum = revenue;
  for (const std::int64_t line : {returns, goods, contact_time, contacts, recovery, privileges}) {
    sum -= line;
  }
  const auto result = static_cast<std::int64_t>(sum);
  if (result != sum) core::throw_overflow("contribution");
  return result;
}

ProfitAndLoss& ProfitAndLoss::operator+=(const ProfitAndLoss& other) {
  for (const auto line : statement_lines) add_checked(this->*line, other.*line, "ProfitAndLoss");
  return *this;
}

ProfitAndLoss& ProfitAndLoss::operator-=(const ProfitAndLoss& other) {
  for (const auto line : statement_lines)
    subtract_checked(this->*line, other.*line, "ProfitAndLoss");
  return *this;
}

ProfitAndLoss total(std::span<const ProfitAndLoss> accounts) {
  ProfitAndLoss sum;
  for (const ProfitAndLoss& account : accounts) sum += account;
  return sum;
}

void Profit::absorb(State& state, const record::StoredTransaction& transaction) const {
  if (!takes(transaction.stamp.at) || transaction.role != record::Role::customer) return;
  if (transaction.kind == record::TransactionKind::sale) {
    add_checked(state.revenue, transaction.amount, "Profit: revenue");
  } else {
    subtract_checked(state.returns, transaction.amount, "Profit: returns");
  }
  add_checked(state.goods, transaction.goods, "Profit: goods");
}

void Profit::absorb(State& state, const record::Interaction& interaction) const {
  if (!takes(interaction.stamp.at)) return;
  if (interaction.minutes != 0) {
    add_checked(state.contact_time, time_cost.of(interaction.minutes), "Profit: contact_time");
  }
  add_checked(state.contacts, interaction.cost, "Profit: contacts");
}

void Profit::absorb(State& state, const record::RecoveryAction& action) const {
  if (takes(action.stamp.at)) add_checked(state.recovery, action.cost, "Profit: recovery");
}

void Profit::absorb(State& state, const record::Grant& grant) const {
  if (takes(grant.stamp.at)) add_checked(state.privileges, grant.cost, "Profit: privileges");
}

}  // namespace rapport::economics
