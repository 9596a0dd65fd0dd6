"""tests/clv/reference/contract_derivatives.csv: the logs of staying from renewal t to t + h and
of leaving in between, with gradient and Hessian by the logarithms of the parameters, at 50 digits,
for exactly the doubles given."""

from derivatives import log_derivatives, print_tables
from mpmath import gamma, log, mp, mpf

mp.dps = 150
STEP = mpf(10) ** -40


def power(t, c):
    return mpf(t) ** c if t > 0 else mpf(0)


SURVIVAL = {
    "Sbg": lambda p, t: gamma(p[1] + t) * gamma(p[0] + p[1]) / gamma(p[0] + p[1] + t) / gamma(p[1]),
    "Bdw": lambda p, t: gamma(p[1] + power(t, p[2])) * gamma(p[0] + p[1])
    / gamma(p[0] + p[1] + power(t, p[2])) / gamma(p[1]),
    "DiscreteWeibull": lambda p, t: (1 - p[0]) ** power(t, p[1]),
    "ExponentialGamma": lambda p, t: (p[1] / (p[1] + t)) ** p[0],
}
GRID = {
    "Sbg": [(0.668, 3.806), (0.0005, 3.0), (500.0, 4500.0), (2.0, 0.001)],
    "Bdw": [(0.2142533, 1.426575, 1.723565), (3.0, 8.0, 1.0), (0.05, 0.02, 0.3), (40.0, 900.0, 2.5)],
    "DiscreteWeibull": [(0.3811805, 0.5715703), (0.001, 1.9), (0.97, 0.1)],
    "ExponentialGamma": [(0.7, 4.2), (30.0, 900.0), (0.01, 0.05)],
}
STRETCHES = [(0, 1), (3, 1), (2, 7), (0, 40), (365, 1)]



def rows():
    for name, grid in GRID.items():
        for params in grid:
            given = {f"p{i}": v for i, v in enumerate(params)}
            for t, h in STRETCHES:

                def staying(*p):
                    return SURVIVAL[name](p, t + h) / SURVIVAL[name](p, t)

                stays = log_derivatives(lambda *p: log(staying(*p)), params, STEP)
                leaves = log_derivatives(lambda *p: log(1 - staying(*p)), params, STEP)
                yield (name, t, h, "stays"), given, stays
                yield (name, t, h, "leaves"), given, leaves


if __name__ == "__main__":
    print_tables(["model", "t", "h", "customer"], ["p0", "p1", "p2"], rows())
