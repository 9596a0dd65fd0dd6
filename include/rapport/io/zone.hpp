#ifndef RAPPORT_IO_ZONE_HPP
#define RAPPORT_IO_ZONE_HPP

/// \file
/// Time zones by name, from the tz database that the system keeps.

#include <rapport/core/zone.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace rapport::io {

/// A zone by its name: `UTC` or `Z`; a fixed offset `+03:30`, `-05`; or a name of the tz database,
/// `Asia/Tehran`, read from the files in the folder `database`. Rules without end are followed
/// to the end of 2067, beyond what a ledger can hold by default.
/// \throws std::invalid_argument if the name has no form of these or the database does not know
/// it; std::system_error if its file cannot be read; as parse_tzif.
[[nodiscard]] core::Zone read_zone(std::string_view name,
                                   const std::string& database = "/usr/share/zoneinfo");

/// A zone from the bytes of a compiled tz file: TZif of version 1 to 4, with the rule for later
/// years that follows the tables from version 2 on (RFC 8536; doi:10.17487/RFC8536). Nothing is
/// read beyond the span; O(its size).
/// \throws std::invalid_argument, with the offset, if the bytes are no such file, or count leap
/// seconds ("right/..." zones), which instants here do not.
[[nodiscard]] core::Zone parse_tzif(std::span<const std::byte> bytes, std::string name);

}  // namespace rapport::io

#endif  // RAPPORT_IO_ZONE_HPP
