"""Log-likelihoods of one history under BG/NBD and MBG/NBD with gradient and Hessian with respect to
the logarithms of the parameters, at 50 digits: tests/clv/reference/beta_geometric_derivatives.csv.

The likelihood is eq. (6) of Fader, Hardie and Lee (2005), doi:10.1287/mksc.1040.0098, as the sum of
"still active" and "dropped out at t_x"; MBG/NBD (Batislam, Denizel, Filiztekin 2007,
doi:10.1016/j.ijresmar.2006.12.005) has one chance to drop out more, after the first purchase."""

from derivatives import log_derivatives, print_table
from mpmath import beta, gamma, log, mp, mpf

mp.dps = 100
STEP = mpf(10) ** -25

ROWS = [  # r, alpha, a, b, x, t_x, T
    (0.243, 4.414, 0.793, 2.426, 0, 0, 38.86),
    (0.243, 4.414, 0.793, 2.426, 1, 1.71, 38.86),
    (0.243, 4.414, 0.793, 2.426, 2, 30.43, 38.86),
    (0.243, 4.414, 0.793, 2.426, 26, 30.86, 31),
    (0.243, 4.414, 0.793, 2.426, 7, 38.86, 38.86),
    (0.25, 4, 1, 2.5, 2, 30, 39),
    (0.25, 4, 1.000000001, 2.5, 2, 30, 39),
    (0.25, 4, 0.4, 0.6, 1, 39, 39),
    (1, 1, 1, 1, 1, 0.5, 1),
    (0.5, 10, 0.3, 5, 160, 100, 300),
    (0.5143, 2.8845, 0.2856, 14.1087, 160, 94.71429, 98),
    (0.05, 0.1, 3, 200, 3000, 364, 365),
    (2, 30, 1.5, 0.001, 3000, 0.125, 365),
    (2, 30, 0.001, 1000, 10000, 3650, 3650.5),
    (10000, 5000, 10000, 10000, 10000, 5000, 5000),
    (0.001, 10000, 0.001, 10000, 10000, 10, 1000),
    (0.001, 0.001, 0.001, 0.001, 0, 0, 0.001),
    (0.001, 0.001, 0.001, 0.001, 1, 0.5, 10000),
    (10000, 10000, 10000, 10000, 3, 2, 5),
    (10000, 10000, 10000, 0.001, 160, 3, 200),
    (0.001, 10000, 10000, 0.001, 0, 0, 1000),
    (10000, 0.001, 0.001, 10000, 1, 900, 1000),
    (10000, 0.001, 0.5, 0.7, 0, 0, 1000),
]


def likelihood(first_chances):
    def of(x, t_x, t):
        m = x + first_chances

        def log_likelihood(r, alpha, a, b):
            total = beta(a, b + m) * (alpha + t) ** -(r + x)
            if m > 0:
                total += beta(a + 1, b + m - 1) * (alpha + t_x) ** -(r + x)
            return log(gamma(r + x) / gamma(r) * alpha**r * total / beta(a, b))

        return log_likelihood

    return of


MODELS = {"BG/NBD": likelihood(0), "MBG/NBD": likelihood(1)}


def numbers(r, alpha, a, b, x, t_x, t, model):
    f = MODELS[model](mpf(x), mpf(t_x), mpf(t))
    return log_derivatives(f, (r, alpha, a, b), STEP)


if __name__ == "__main__":
    rows = [(*row, model) for model in MODELS for row in ROWS]
    print_table(["r", "alpha", "a", "b"], ["x", "t_x", "T", "model"], rows, numbers)
