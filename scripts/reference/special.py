"""Reference values of math/special.hpp at 60 digits, printed as rows for its test.

Every argument is taken as the exact double it becomes in C++.
"""

from mpmath import beta, gamma, log, loggamma, mp, mpf, nstr

mp.dps = 60


def log_rising(r, x):
    return loggamma(r + x) - loggamma(r)


def log_beta_shift(a, b, x):
    return loggamma(b + x) - loggamma(b) - loggamma(a + b + x) + loggamma(a + b)


def rows(function, arguments):
    print(function.__name__)
    for row in arguments:
        value = function(*(mpf(v) for v in row))
        print("      {" + ", ".join(repr(v) for v in row) + ", " + nstr(value, 20) + "},")


if __name__ == "__main__":
    rows(log_rising, [
        (0.243, 0), (0.243, 1), (0.243, 2), (0.243, 7), (1e-4, 1), (80, 32), (0.243, 33),
        (0.243, 1000), (5.5, 100000), (15.99, 40), (16, 40), (1e6, 3), (1e6, 1000), (1e12, 50),
        (1e15, 1e6), (0.3, 0.25), (2.5, 1e-9), (10, 0.5), (45e6, 450.5), (6.25, 3.74), (0.05, 0.04),
    ])
    rows(log_beta_shift, [
        (0.793, 2.426, 0), (0.793, 2.426, 1), (0.793, 2.426, 32), (0.793, 2.426, 33),
        (0.793, 2.426, 1000), (1.8, 5000, 3), (1.8, 5000, 40), (1.8, 1e12, 40), (0.001, 1.7, 3),
        (0.001, 1.7, 500), (0.5, 0.001, 1), (40, 90, 60), (4000, 9, 600), (1e5, 1e5, 1e5),
        (0.793, 2.426, 0.5), (0.793, 40, 0.5), (1e-8, 1e8, 1000),
    ])
