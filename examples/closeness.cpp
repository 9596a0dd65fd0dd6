// How near customers are, from records of two kinds and a definition that comes with the library.

#include <rapport/rapport.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

struct Sale {
  std::string buyer, item;
  std::chrono::sys_days on;
  std::int64_t cents;
};

struct Delivery {
  std::string buyer;
  std::chrono::sys_days promised, due;
  std::optional<std::chrono::sys_days> came;
};

int main() {
  using namespace rapport;
  using namespace std::chrono_literals;
  const std::vector<Sale> sales = {{"ada", "cake", 2022y / 3 / 1, 2'000},
                                   {"ada", "bread", 2023y / 5 / 9, 1'050},
                                   {"ada@web", "cake", 2024y / 4 / 14, 3'500},
                                   {"ben", "bread", 2024y / 5 / 20, 900}};
  const std::vector<Delivery> deliveries = {
      {"ada", 2023y / 5 / 9, 2023y / 5 / 12, 2023y / 5 / 11},
      {"ada@web", 2024y / 4 / 14, 2024y / 4 / 17, 2024y / 4 / 16},
      {"ben", 2024y / 5 / 20, 2024y / 5 / 23, std::nullopt},
      {"cy", 2024y / 6 / 29, 2024y / 7 / 3, std::nullopt}};

  record::StoreBuilder builder;
  builder.add_rows<record::StoredTransaction>(
      sales, record::source(&Sale::buyer), record::at(&Sale::on),
      record::field<&record::StoredTransaction::category>(&Sale::item),
      record::field<&record::StoredTransaction::amount>(&Sale::cents));
  builder.add_rows<record::Promise>(deliveries, record::source(&Delivery::buyer),
                                    record::at(&Delivery::promised),
                                    record::field<&record::Promise::due_at>(&Delivery::due),
                                    record::field<&record::Promise::kept_at>(&Delivery::came));
  builder.link("ada", "ada@web");
  const record::Store store = std::move(builder).build();

  const record::StoreView view(store, {.as_of = as_of("2024-06-30")});
  const auto index = relationship::evaluate(view, io::preset("confectioner"));
  for (std::uint32_t i = 0; i < index.size(); ++i) {
    std::cout << store.key_text(record::CustomerId{i}) << ": "
              << relationship::micro_text(index.score[i]) << ", with "
              << relationship::micro_text(index.coverage[i]) << " of the weight known\n";
    for (std::size_t k = 0; k < index.weights.size(); ++k) {
      if (index.contributions[k][i] == 0) continue;
      std::cout << "  " << relationship::micro_text(index.contributions[k][i]) << ' '
                << index.definition.indicators[k].id << '\n';
    }
  }
}
