"""Log-likelihoods of one customer of a contract under the sBG with gradient and Hessian with respect
to the logarithms of the parameters, at 50 digits: tests/clv/reference/sbg_derivatives.csv.

Fader and Hardie (2007), doi:10.1002/dir.20074: still there after `tenure` renewals, or left instead
of the renewal of that number."""

from derivatives import log_derivatives, print_table
from mpmath import beta, log, mp, mpf

mp.dps = 100
STEP = mpf(10) ** -25

PARAMETERS = [(0.668, 3.806), (1, 1), (0.001, 0.001), (10000, 10000), (0.001, 10000), (10000, 0.001),
              (0.999999999, 3)]
CUSTOMERS = [("stays", 1), ("stays", 7), ("stays", 160), ("stays", 10000), ("leaves", 1),
             ("leaves", 2), ("leaves", 160), ("leaves", 10000)]


def likelihood(tenure, leaves):
    if leaves:
        return lambda a, b: log(beta(a + 1, b + tenure - 1) / beta(a, b))
    return lambda a, b: log(beta(a, b + tenure) / beta(a, b))


def numbers(a, b, customer, tenure):
    return log_derivatives(likelihood(mpf(tenure), customer == "leaves"), (a, b), STEP)


if __name__ == "__main__":
    rows = [(*p, *c) for p in PARAMETERS for c in CUSTOMERS]
    print_table(["alpha", "beta"], ["customer", "tenure"], rows, numbers)
