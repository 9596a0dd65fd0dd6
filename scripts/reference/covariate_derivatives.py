"""Log-likelihoods of one row with covariates that do not change over time, with gradient and Hessian
with respect to the logarithms of the base parameters (p0, p1, ...) and to the coefficients (c0, c1,
...; those of purchases first), at 50 digits: tests/clv/reference/covariate_derivatives.csv.

A coefficient c of a covariate z multiplies, by e^(c z), the rates and chances it speaks of: alpha and
beta of the Pareto/NBD and GGompertz/NBD by e^(-c z) (Fader and Hardie 2007,
brucehardie.com/notes/019); a of BG/NBD and MBG/NBD, and b with it where `spread`; alpha and gamma of
BG/BB; alpha of sBG; gamma of Gamma-Gamma."""

import bg_bb_derivatives
import sbg_derivatives
from beta_geometric_derivatives import MODELS
from derivatives import log_derivatives, print_tables
from gamma_gamma_derivatives import of_mean
from ggompertz_nbd_derivatives import log_likelihood as ggompertz
from mpmath import exp, mp, mpf
from pareto_nbd_derivatives import likelihood as pareto

# Of each model: the likelihood of three numbers, and the sign with which each process moves the
# logarithm of each parameter.
RULES = {
    "Pareto/NBD": (pareto, [(0, -1, 0, 0), (0, 0, 0, -1)]),
    "GGompertz/NBD": (lambda *c: lambda *p: ggompertz(p, *c), [(0, -1, 0, 0, 0), (0, 0, 0, 0, -1)]),
    "BG/NBD": (MODELS["BG/NBD"], [(0, -1, 0, 0), (0, 0, 1, 0)]),
    "BG/NBD spread": (MODELS["BG/NBD"], [(0, -1, 0, 0), (0, 0, 1, 1)]),
    "MBG/NBD": (MODELS["MBG/NBD"], [(0, -1, 0, 0), (0, 0, 1, 0)]),
    "MBG/NBD spread": (MODELS["MBG/NBD"], [(0, -1, 0, 0), (0, 0, 1, 1)]),
    "BG/BB": (bg_bb_derivatives.likelihood, [(1, 0, 0, 0), (0, 0, 1, 0)]),
    "sBG": (lambda *c: sbg_derivatives.likelihood(*c[:2]), [(1, 0)]),
    "Gamma-Gamma": (lambda x, z, _: of_mean(x, z), [(0, 0, 1)]),
}

# Two covariates of the first process, one of the second; the row's numbers follow.
Z = (0.5, -1.25, 2.0)
ROWS = [  # model, parameters, coefficients, row
    ("Pareto/NBD", (1.84, 92.96, 0.59, 49.5), (0.28, 0.62, -0.64), (6, 93.25, 104)),
    ("Pareto/NBD", (0.001, 10000, 10000, 0.001), (-1, 1, 1), (0, 0, 39)),
    ("Pareto/NBD", (1, 10, 2, 10), (0, 0, 0), (160, 39, 39)),
    ("Pareto/NBD", (0.5, 3, 0.3, 14), (5, -3, 2), (3000, 300, 365)),
    ("GGompertz/NBD", (0.553, 10.5, 0.05, 0.6, 2), (0.28, 0.62, -0.64), (2, 30.5, 39)),
    ("GGompertz/NBD", (1, 10, 0.05, 0.5, 0.5), (0.3, 0.1, 0.2), (3, 39, 39)),
    ("BG/NBD", (0.243, 4.4, 0.79, 2.4), (0.28, 0.62, -0.64), (2, 30.5, 39)),
    ("BG/NBD spread", (0.243, 4.4, 0.79, 2.4), (0.28, 0.62, -0.64), (160, 30.5, 39)),
    ("BG/NBD spread", (0.001, 10000, 10000, 0.001), (3, -2, 1), (10000, 300, 365)),
    ("MBG/NBD", (0.525, 6.2, 0.89, 1.6), (0.28, 0.62, -0.64), (0, 0, 39)),
    ("MBG/NBD spread", (0.525, 6.2, 1, 1), (0.28, 0.62, 4), (3000, 39, 39)),
    ("MBG/NBD", (10000, 0.001, 0.001, 10000), (-1, 1, 3), (1, 900, 1000)),
    ("BG/BB", (1.2, 0.75, 0.66, 2.8), (0.28, 0.62, -0.64), (3, 4, 6)),
    ("BG/BB", (0.01, 50, 0.2, 0.01), (2, 1, -3), (0, 0, 52)),
    ("BG/BB", (300, 700, 20, 900), (0.5, 0.5, 1), (160, 300, 365)),
    ("sBG", (0.668, 3.8), (0.28, 0.62), (7, 0, 0)),
    ("sBG", (0.001, 10000), (5, -3), (160, 1, 0)),
    ("Gamma-Gamma", (6.25, 3.74, 15.44), (0.28, 0.62), (7, 73.75, 0)),
    ("Gamma-Gamma", (10000, 0.001, 0.001), (-4, 4), (3000, 35, 0)),
]


def numbers(model, parameters, coefficients, row):
    likelihood, rules = RULES[model]
    mp.dps, step = (60, mpf(10) ** -14) if model == "GGompertz/NBD" else (150, mpf(10) ** -40)
    f = likelihood(row[0], *(mpf(v) for v in row[1:]))
    k = len(parameters)

    def moved(*v):
        values = list(v[:k])
        for c, coefficient in enumerate(v[k:]):
            signs = rules[0] if c < 2 else rules[1]
            values = [p * exp(s * coefficient * mpf(Z[c])) for p, s in zip(values, signs)]
        return f(*values)

    return log_derivatives(moved, parameters, step, coefficients)


def rows():
    for model, parameters, coefficients, row in ROWS:
        given = {f"p{i}": v for i, v in enumerate(parameters)}
        given |= {f"c{i}": v for i, v in enumerate(coefficients)}
        yield (model, *row), given, numbers(model, parameters, coefficients, row)


if __name__ == "__main__":
    names = [f"p{i}" for i in range(5)] + [f"c{i}" for i in range(3)]
    print_tables(["model", "x", "t_x", "T"], names, rows())
