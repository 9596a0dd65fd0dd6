#!/usr/bin/env python3
"""Derivatives of the log-likelihoods with time-varying covariates, at 50 digits.

Writes tests/clv/reference/varying_derivatives.csv: one line a customer and parameter set, with the
log-likelihood, its gradient and the upper half of its Hessian with respect to the logarithms of the
four parameters, two purchase coefficients and one dropout coefficient. The likelihoods are coded as
the integrals and products that define them, one quadrature a step of the grid, and differentiated
by central differences at 50 digits.
"""

import csv
import os
import sys

from derivatives import derivatives
from mpmath import exp, gamma, linspace, log, mp, mpf, quad

mp.dps = 50
STEP = mpf(10) ** -10

# Covariates: season by step, and a second one that is constant for a customer.
SEASON = [0, 0, 0.5, 1, 1, -0.25, -0.25, 0, 2, 0, 0, 0.125, 0.125, 1]
CUSTOMERS = [  # name, age, second covariate, repeat purchase times
    ("none", 12.5, 1.0, []),
    ("young", 0.25, -0.5, []),
    ("few", 13.0, -0.5, [0.75, 3.0, 8.25]),
    ("recent", 9.0, 1.0, [1.5, 2.5, 4.0, 6.25, 9.0]),
    ("many", 12.0, 0.25, [0.125 * i for i in range(1, 41)]),
]
SETS = [  # name, four parameters (Pareto: r alpha s beta; MBG: r alpha a b), coefficients
    ("plain", (0.55, 10.5, 0.6, 11.5), (0.0, 0.0, 0.0)),
    ("usual", (1.8, 9.0, 0.6, 5.0), (0.5, 0.3, -0.75)),
    ("short scales", (0.5, 0.125, 2.5, 0.25), (-1.0, 0.5, 1.0)),
    ("alike", (40.0, 50.0, 30.0, 400.0), (0.25, -0.5, 2.0)),
]


def steps(age):
    """(begin, end, season) of each step up to the age."""
    return [(mpf(i), min(mpf(i + 1), age), mpf(s)) for i, s in enumerate(SEASON) if i < age]


def at(time):
    return mpf(SEASON[int(time)])


def clock(rates, time):
    return sum(rate * (min(end, time) - begin) for begin, end, rate in rates if begin < time)


def pareto(theta, customer):
    r, alpha, s, beta = (exp(t) for t in theta[:4])
    g1, g2, d = theta[4:]
    _, age, z, times = customer
    age, z, x = mpf(age), mpf(z), len(times)
    buy = [(b, e, exp(g1 * v + g2 * z)) for b, e, v in steps(age)]
    die = [(b, e, exp(d * v)) for b, e, v in steps(age)]
    last = mpf(times[-1]) if times else mpf(0)
    front = gamma(r + x) / gamma(r) * alpha**r * beta**s
    for time in times:
        front *= exp(g1 * at(time) + g2 * z)
    total = (alpha + clock(buy, age)) ** -(r + x) * (beta + clock(die, age)) ** -s
    for b, e, rate in die:
        low = max(b, last)
        if low >= e:
            continue

        buy_rate = next(v for begin, _, v in buy if begin == b)
        dead = beta + clock(die, low)  # both clocks are linear within the step
        bought = alpha + clock(buy, low)

        def f(y):
            return rate * (dead + rate * y) ** -(s + 1) * (bought + buy_rate * y) ** -(r + x)

        total += s * quad(f, linspace(0, e - low, 5), method="gauss-legendre")
    return log(front * total)


def mbg(theta, customer):
    r, alpha, a, b = (exp(t) for t in theta[:4])
    g1, g2, d = theta[4:]
    _, age, z, times = customer
    age, z, x = mpf(age), mpf(z), len(times)
    buy = [(begin, end, exp(g1 * v + g2 * z)) for begin, end, v in steps(age)]
    last = mpf(times[-1]) if times else mpf(0)
    front = gamma(r + x) / gamma(r) * alpha**r
    survived = mpf(1)
    for j, time in enumerate([0] + list(times)):
        if j > 0:
            front *= exp(g1 * at(time) + g2 * z)
        odds = a * exp(d * at(time)) / (b + j)
        survived *= 1 / (1 + odds)
    total = (alpha + clock(buy, age)) ** -(r + x) + odds * (alpha + clock(buy, last)) ** -(r + x)
    return log(front * survived * total)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, "../../tests/clv/reference/varying_derivatives.csv")
    names = ["ll"] + [f"g{i}" for i in range(7)]
    names += [f"h{i}{j}" for i in range(7) for j in range(i, 7)]
    with open(path, "w", newline="") as out:
        write = csv.writer(out, lineterminator="\n")
        write.writerow(["model", "parameters", "customer"] + names)
        for model, f in (("pareto_nbd", pareto), ("mbg_nbd", mbg)):
            for label, base, coefficients in SETS:
                theta = [log(mpf(v)) for v in base] + [mpf(c) for c in coefficients]
                for customer in CUSTOMERS:
                    row = derivatives(lambda point: f(point, customer), theta, STEP)
                    write.writerow([model, label, customer[0]] + [mp.nstr(v, 20) for v in row])
                    print(model, label, customer[0], file=sys.stderr)


if __name__ == "__main__":
    main()
