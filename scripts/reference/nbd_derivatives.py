"""Log-likelihoods of one history under the NBD with gradient and Hessian with respect to the
logarithms of the parameters, at 50 digits: tests/clv/reference/nbd_derivatives.csv."""

from derivatives import log_derivatives, print_table
from mpmath import gamma, log, mp, mpf

mp.dps = 100
STEP = mpf(10) ** -25

ROWS = [  # r, alpha, x, T
    (0.3847662, 12.07202, 0, 38.86),
    (0.3847662, 12.07202, 1, 38.86),
    (0.3847662, 12.07202, 26, 31),
    (1, 1, 1, 1),
    (0.5, 10, 160, 300),
    (2, 30, 3000, 365),
    (0.001, 10000, 10000, 1000),
    (10000, 0.001, 0, 1000),
    (10000, 0.001, 10000, 10000),
    (10000, 10000, 10000, 10001),
    (10000, 10000, 0, 0.001),
    (0.001, 0.001, 0, 0.001),
    (0.001, 0.001, 1, 10000),
]


def numbers(r, alpha, x, t):
    x, t = mpf(x), mpf(t)
    f = lambda r, alpha: log(gamma(r + x) / gamma(r) * alpha**r * (alpha + t) ** -(r + x))
    return log_derivatives(f, (r, alpha), STEP)


if __name__ == "__main__":
    print_table(["r", "alpha"], ["x", "T"], ROWS, numbers)
