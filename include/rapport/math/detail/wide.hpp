#ifndef RAPPORT_MATH_DETAIL_WIDE_HPP
#define RAPPORT_MATH_DETAIL_WIDE_HPP

/// \file
/// RAPPORT_WIDE before a function: it is compiled twice, for any processor and for those with
/// 256-bit vectors, and the right one is taken when the program is loaded. Only for loops over
/// arrays of plain arithmetic: multiplications and additions stay apart (-ffp-contract=off), so
/// both give the same bits. Nothing where compiler, system or a sanitizer do not know such
/// functions.

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RAPPORT_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define RAPPORT_WIDE
#endif

#endif  // RAPPORT_MATH_DETAIL_WIDE_HPP
