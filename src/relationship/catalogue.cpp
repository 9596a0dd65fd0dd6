#include <rapport/core/check.hpp>
#include <rapport/fold/balance.hpp>
#include <rapport/fold/contacts.hpp>
#include <rapport/fold/only.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/replies.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/relationship/catalogue.hpp>
#include <rapport/relationship/complaints.hpp>
#include <rapport/relationship/promises.hpp>

#include "special_values.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <type_traits>
#include <typeinfo>

namespace rapport::relationship {
namespace {

using fold::Entry;
using record::StoreView;

const std::string* text_of(const Parameters& parameters, std::string_view name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? nullptr : std::get_if<std::string>(&found->second);
}

// From when on events count: the first instant of the last `window_days` days.
core::Instant begin_of(const Parameters& parameters, const StoreView& view) {
  const auto found = parameters.find(std::string_view("window_days"));
  if (found == parameters.end()) return core::Instant::min();
  constexpr double century = 36'525 * 4.0;
  const auto days = std::chrono::days{
      static_cast<int>(std::ceil(std::min(std::get<double>(found->second), century)))};
  return view.store().rules().zone.begin_of(view.point().as_of.day() + std::chrono::days{1} - days);
}

// The name that a parameter asks for: all names if there is none, no name if no record bears it.
struct NameWanted {
  bool all = true;
  std::optional<record::Name> name = {};

  NameWanted(const Parameters& parameters, std::string_view parameter, const StoreView& view) {
    if (const std::string* text = text_of(parameters, parameter)) {
      all = false;
      name = view.store().find_name(*text);
    }
  }
  [[nodiscard]] bool operator()(std::uint32_t number) const noexcept {
    return all || (name && name->value == number);
  }
};

// Which events an indicator sees.
struct Wanted {
  core::Instant begin;
  NameWanted category, channel;
  std::optional<record::Department> department = {};
  bool department_exists = true;

  Wanted(const Parameters& parameters, const StoreView& view)
      : begin(begin_of(parameters, view)),
        category(parameters, "category", view),
        channel(parameters, "channel", view) {
    if (const std::string* text = text_of(parameters, "department")) {
      department = core::from_text<record::Department>(*text);
      department_exists = department.has_value();
    }
  }
  [[nodiscard]] bool operator()(const Entry& entry) const noexcept {
    return entry.at >= begin && category(entry.category) && channel(entry.channel);
  }
  [[nodiscard]] bool operator()(const record::Interaction& contact) const noexcept {
    return contact.stamp.at >= begin && channel(contact.channel.value) && department_exists &&
           (!department || contact.department == *department);
  }
};

double major_units(double minor, const StoreView& view) {
  return minor / static_cast<double>(view.store().rules().currency.minor_per_major());
}

double days_since(fold::DayNumber day, const StoreView& view) {
  return fold::day_number(view.point().as_of.day()) - day;
}

// What tells the states of a rule that has nothing but its type from those of others.
template <class Rule>
std::string key_of(const Parameters& parameters) {
  std::string key = typeid(Rule).name();
  for (const auto& [name, value] : parameters) {
    const auto* text = std::get_if<std::string>(&value);
    key += ' ' + name + '=' + (text != nullptr ? *text : core::to_text(std::get<double>(value)));
  }
  return key;
}

// An aggregate that takes the window and these texts.
template <class Rule, class Measure>
void add_windowed(Catalogue& catalogue, std::string_view name,
                  const std::vector<std::string>& texts, Rule rule, Measure measure) {
  catalogue.add({.name = std::string(name), .numbers = {"window_days"}, .texts = texts},
                [rule, measure](const Parameters& parameters, const StoreView& view) {
                  // Most indicators want all events; they need not ask each one.
                  if (parameters.empty()) return values_of(rule, measure);
                  return values_of(fold::Only{rule, Wanted(parameters, view)}, measure);
                });
}

void add_purchases(Catalogue& catalogue) {
  const std::vector<std::string> texts = {"category", "channel"};
  using Days = fold::PurchaseDays::State;
  add_windowed(catalogue, "length_days", texts, fold::PurchaseDays{},
               [](const Days& state, const StoreView& view) {
                 return state.days == 0 ? nan : days_since(state.first_day, view);
               });
  add_windowed(catalogue, "purchases", texts, fold::PurchaseDays{},
               [](const Days& state, const StoreView&) { return double{state.days * 1.0}; });
  add_windowed(catalogue, "recency_days", texts, fold::PurchaseDays{},
               [](const Days& state, const StoreView& view) {
                 return state.days == 0 ? nan : days_since(state.last_day, view);
               });
  add_windowed(catalogue, "net_spend", texts, fold::NetSpend{},
               [](const fold::NetSpend::State& state, const StoreView& view) {
                 return major_units(static_cast<double>(state.total), view);
               });
  add_windowed(catalogue, "regularity", texts, fold::PurchaseGaps{},
               [](const fold::PurchaseGaps::State& state, const StoreView&) {
                 if (state.gaps() < 2) return nan;
                 const double gaps = state.gaps();
                 const double sum = state.days.last_day - state.days.first_day;
                 const double mean = sum / gaps;
                 const double variance =
                     (static_cast<double>(state.squares) - sum * mean) / (gaps - 1);
                 return 1 / (1 + std::sqrt(std::max(variance, 0.0)) / mean);
               });
}

// Net spend and purchase days in one pass.
struct SpendByDay {
  struct State {
    fold::PurchaseDays::State days;
    fold::NetSpend::State spend;
  };
  void absorb(State& state, const Entry& entry) const {
    fold::PurchaseDays{}.absorb(state.days, entry);
    fold::NetSpend{}.absorb(state.spend, entry);
  }
};

void add_names(Catalogue& catalogue) {
  add_windowed(catalogue, "mean_purchase", {"category", "channel"}, SpendByDay{},
               [](const SpendByDay::State& state, const StoreView& view) {
                 if (state.days.days == 0) return nan;
                 return major_units(static_cast<double>(state.spend.total) / state.days.days, view);
               });
  using Names = fold::Tally<std::uint32_t>;
  const auto how_many = [](const Names& names, const StoreView&) {
    return static_cast<double>(names.counts().size());
  };
  add_windowed(catalogue, "categories", {"channel"}, fold::PurchasedCategories{}, how_many);
  add_windowed(catalogue, "channels", {"department"}, fold::UsedChannels{}, how_many);
  add_windowed(catalogue, "continuity", {"channel", "department"}, fold::ContactAgents{},
               [](const Names& agents, const StoreView&) {
                 if (agents.counts().empty()) return nan;
                 return static_cast<double>(agents.most()) / agents.total();
               });
}

void add_contacts(Catalogue& catalogue) {
  const std::vector<std::string> texts = {"channel", "department"};
  using Contacts = fold::Contacts::State;
  const auto count = [](const Contacts& state, const StoreView&) {
    return static_cast<double>(state.all());
  };
  add_windowed(catalogue, "interactions", texts, fold::Contacts{}, count);
  catalogue.add({.name = "visits", .numbers = {"window_days"}, .texts = texts},
                [count](Parameters parameters, const StoreView& view) {
                  parameters.try_emplace("channel", "visit");
                  return values_of(fold::Only{fold::Contacts{}, Wanted(parameters, view)}, count);
                });
  add_windowed(catalogue, "inbound_share", texts, fold::Contacts{},
               [](const Contacts& state, const StoreView&) {
                 const std::uint64_t directed = state.inbound + state.outbound;
                 if (directed == 0) return nan;
                 return static_cast<double>(state.inbound) / static_cast<double>(directed);
               });
  // The window is on the firm's contacts and on the answers alike.
  add_windowed(catalogue, "response_rate", texts, fold::Replies{},
               [](const fold::Replies::State& state, const StoreView&) {
                 if (state.asked.empty()) return nan;
                 return static_cast<double>(fold::Replies::answered(state)) /
                        static_cast<double>(state.asked.size());
               });
}

template <class Measure>
void add_balance(Catalogue& catalogue, std::string_view name, Measure measure) {
  catalogue.add({.name = std::string(name), .numbers = {"window_days"}},
                [measure](const Parameters& parameters, const StoreView& view) {
                  return values_of(fold::Balance{.begin = begin_of(parameters, view)}, measure,
                                   key_of<fold::Balance>(parameters));
                });
}

void add_balances(Catalogue& catalogue) {
  using State = fold::Balance::State;
  add_balance(catalogue, "mean_balance", [](const State& state, const StoreView& view) {
    return major_units(fold::mean_balance(state, view.sight().now), view);
  });
  add_balance(catalogue, "minimum_balance", [](const State& state, const StoreView& view) {
    return major_units(fold::minimum_balance(state, view.sight().now), view);
  });
  add_balance(catalogue, "balance_trend", [](const State& state, const StoreView& view) {
    return major_units(fold::balance_trend(state, view.sight().now), view) * core::years.days();
  });
  catalogue.add("products", fold::Balance{}, [](const State& state, const StoreView&) {
    return state.accounts.empty() ? nan : static_cast<double>(fold::products_held(state));
  });
}

void add_promises(Catalogue& catalogue, std::string name, record::Side side) {
  catalogue.add({.name = std::move(name), .texts = {"department", "kind"}},
                [side](const Parameters& parameters, const StoreView& view) -> ReadyAggregate {
                  PromiseScope scope{.by = side};
                  bool nobody = false;  // a department or kind that no record bears
                  if (const std::string* text = text_of(parameters, "department")) {
                    scope.department = core::from_text<record::Department>(*text);
                    nobody = !scope.department;
                  }
                  if (const std::string* text = text_of(parameters, "kind")) {
                    scope.kind = view.store().find_name(*text);
                    nobody = nobody || !scope.kind;
                  }
                  return values_of(PromisesKept{.sight = view.sight(), .scope = scope},
                                   [nobody](const PromisesKept::State& state, const StoreView&) {
                                     const auto judged = static_cast<double>(state.judged());
                                     return nobody || judged == 0 ? nan
                                                                  : (state.kept + 1) / (judged + 2);
                                   });
                });
}

}  // namespace

void Catalogue::add(KnownAggregate known, AggregateMaker maker) {
  if (!makers_.emplace(known.name, std::move(maker)).second) {
    throw std::invalid_argument("Catalogue: there is an aggregate " + known.name + " already");
  }
  const auto place = std::lower_bound(known_.begin(), known_.end(), known,
                                      [](const auto& a, const auto& b) { return a.name < b.name; });
  known_.insert(place, std::move(known));
}

ReadyAggregate Catalogue::make(std::string_view name, const Parameters& parameters,
                               const StoreView& view) const {
  const auto found = makers_.find(name);
  if (found == makers_.end()) {
    throw std::out_of_range("Catalogue: there is no aggregate " + std::string(name));
  }
  return found->second(parameters, view);
}

Catalogue built_in_catalogue() {
  Catalogue catalogue;
  add_purchases(catalogue);
  add_names(catalogue);
  add_contacts(catalogue);
  add_balances(catalogue);
  add_promises(catalogue, "firm_promises", record::Side::firm);
  add_promises(catalogue, "customer_promises", record::Side::customer);
  catalogue.add({.name = "recovery"}, [](const Parameters&, const StoreView& view) {
    return values_of(ComplaintsHandled{view.sight()},
                     [](const ComplaintsHandled::State& state, const StoreView&) {
                       return resolved_share(state);
                     });
  });
  return catalogue;
}

}  // namespace rapport::relationship
