"""Log-likelihoods of one customer's spending under Gamma-Gamma, by the mean and by the single
amounts, with gradient and Hessian with respect to the logarithms of the parameters, at 50 digits:
tests/clv/reference/gamma_gamma_derivatives.csv.

Of the single amounts the model knows the sum of their logarithms: `nan` where the mean is all there
is. Eq. (1) of Fader, Hardie and Lee (2005, JMR), doi:10.1509/jmkr.2005.42.4.415; and the product of
the gamma densities of the amounts with their rate integrated out."""

from math import log as double_log

from derivatives import log_derivatives, print_table
from mpmath import gamma, log, mp, mpf

mp.dps = 100
STEP = mpf(10) ** -25

ROWS = [  # p, q, gamma, x, mean amount
    (6.25, 3.74, 15.44, 1, 11.77),
    (6.25, 3.74, 15.44, 2, 22.35),
    (6.25, 3.74, 15.44, 7, 73.74),
    (1, 1, 1, 1, 1),
    (0.3, 0.7, 2, 160, 0.01),
    (80, 40, 300, 160, 500),
    (0.001, 0.001, 0.001, 1, 0.001),
    (0.001, 10000, 10000, 3000, 10000),
    (10000, 0.001, 0.001, 3000, 35),
    (10000, 10000, 10000, 10000, 1),
    (10000, 0.001, 10000, 1, 0.001),
    (2, 3, 10000, 10000, 0.001),
    (0.001, 10000, 0.001, 10000, 10000),
]


def of_mean(x, z):
    return lambda p, q, g: log(gamma(p * x + q) / gamma(p * x) / gamma(q) * g**q
                               * z ** (p * x - 1) * x ** (p * x) * (g + x * z) ** -(p * x + q))


def of_amounts(x, z, logs):
    # The integral over the rate v of g^q v^(q - 1) e^(-g v) / G(q) and of all v^p y^(p - 1) e^(-v y)
    # / G(p).
    return lambda p, q, g: (log(gamma(p * x + q) / gamma(q) * g**q * (g + x * z) ** -(p * x + q))
                            - x * log(gamma(p)) + (p - 1) * logs)


def numbers(p, q, g, x, z, logs):
    x, z = mpf(x), mpf(z)
    f = of_mean(x, z) if logs == "nan" else of_amounts(x, z, mpf(logs))
    return log_derivatives(f, (p, q, g), STEP)


if __name__ == "__main__":
    means = [(*row, "nan") for row in ROWS]
    # Amounts that differ by a factor of e or so: 0.25 less than all equal to the mean, each.
    singles = [(*row, row[3] * double_log(row[4]) - (0.25 * row[3] if row[3] > 1 else 0))
               for row in ROWS]
    print_table(["p", "q", "gamma"], ["x", "mean", "sum_log_amounts"], means + singles, numbers)
