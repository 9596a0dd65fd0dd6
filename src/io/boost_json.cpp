// The bodies of Boost.JSON, without its library. Nothing else may stand here: then a program that
// has these bodies already, from Boost's library or from a file like this one, never takes this
// member of the archive, and nothing is defined twice.
#include <boost/json/src.hpp>
