#include <rapport/score/shared_base.hpp>

#include <rapport/clv/summary.hpp>
#include <rapport/fold/cuts.hpp>
#include <rapport/io/scorecard.hpp>
#include <rapport/rfm/table.hpp>
#include <rapport/testing/shop.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace rapport {
namespace {

const testing::ShopOptions shop_options = {.customers = 300};

// Knows everybody from one ledger, and answers for them whatever part is at hand.
class KnownBase : public SharedBase {
 public:
  KnownBase(const record::Ledger& all, const ScoreOptions& options)
      : summary_(clv::summarise(all, {.as_of = options.as_of, .period = options.period})) {
    const rfm::Table table = rfm::make_table(all, options.as_of);
    static_cast<void>(
        rfm::make_cuts(table, options.rfm, [&](std::span<const double> values, int bins) {
          cuts_.push_back(fold::quantile_cuts(values, bins));
          return cuts_.back();
        }));
  }

  [[nodiscard]] fold::Cuts quantile_cuts(std::span<const double> /*values*/, int /*bins*/,
                                         const core::Threads& /*threads*/) const override {
    return cuts_[asked_++ % cuts_.size()];
  }
  [[nodiscard]] clv::Patterns patterns(const clv::Histories& /*mine*/) const override {
    return clv::Patterns(summary_.histories());
  }
  [[nodiscard]] clv::SpendPatterns patterns(const clv::Spends& /*mine*/) const override {
    return clv::SpendPatterns(summary_.spends());
  }
  [[nodiscard]] core::Threads shared(const core::Threads& threads) const override {
    return threads;
  }

 private:
  clv::Summary summary_;
  std::vector<fold::Cuts> cuts_;
  mutable std::size_t asked_ = 0;
};

// The customers whose number leaves that remainder, with all of their rows.
record::Ledger every_other(const record::Ledger& ledger, std::uint32_t remainder) {
  const record::LedgerView view = ledger;
  record::TransactionColumns columns(view.rules);
  for (std::uint32_t c = remainder; c < view.customers(); c += 2) {
    for (auto row = view.offsets[c]; row < view.offsets[c + 1]; ++row) {
      EXPECT_FALSE(columns.add({.customer = ledger.customers().key({c}),
                                .at = view.instant(row),
                                .amount = view.amounts[row],
                                .kind = view.kind(row)}));
    }
  }
  return record::build_ledger({std::move(columns)});
}

std::vector<std::string> lines_of(const Scorecard& card) {
  std::ostringstream out;
  io::write_csv(out, card);
  std::istringstream in(out.str());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(SharedBase, PartsGiveTheRowsOfTheWhole) {
  const record::Ledger all = testing::make_shop(shop_options);
  for (const rfm::Binning binning : {rfm::Binning::independent, rfm::Binning::nested}) {
    ScoreOptions options{.as_of = testing::last_day(shop_options)};
    options.rfm.binning = binning;
    const KnownBase base(all, options);
    const auto whole = lines_of(score(all, options));
    const auto even = lines_of(score_part(every_other(all, 0), options, base));
    const auto odd = lines_of(score_part(every_other(all, 1), options, base));
    ASSERT_EQ(even.size() + odd.size(), whole.size() + 1);  // both have the header
    for (std::size_t i = 1; i < whole.size(); ++i) {
      EXPECT_EQ(i % 2 == 1 ? even[(i + 1) / 2] : odd[i / 2], whole[i]);
    }
  }
}

}  // namespace
}  // namespace rapport
