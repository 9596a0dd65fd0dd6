"""Profile-likelihood intervals (90 %) of BG/NBD on CDNOW for tests/clv/profile_likelihood_test.cpp,
by another route: eq. (6) of Fader, Hardie and Lee (2005) in plain doubles, the other parameters by
the simplex of Nelder and Mead, the ends by bisection.
Run: RAPPORT_DATA_DIR=... python3 scripts/reference/profile_likelihood.py"""

import csv
import os
from collections import Counter
from math import exp, inf, lgamma, log, log1p

rows = Counter()
with open(os.environ["RAPPORT_DATA_DIR"] + "/cdnow_summary.csv") as file:
    for row in csv.DictReader(file):
        rows[float(row["frequency"]), float(row["recency"]), float(row["T"])] += 1


def minus_log_likelihood(logs):
    if max(abs(v) for v in logs) > 25:
        return inf
    r, alpha, a, b = (exp(v) for v in logs)
    of_x = {}
    total = 0.0
    for (x, t_x, t), n in rows.items():
        if x not in of_x:
            of_x[x] = (lgamma(r + x) - lgamma(r) + r * log(alpha)
                       + lgamma(b + x) - lgamma(b) + lgamma(a + b) - lgamma(a + b + x),
                       log(a / (b + x - 1)) if x > 0 else 0)
        constant, odds = of_x[x]
        value = constant - (r + x) * log(alpha + t)
        if x > 0:
            value += log1p(exp(odds + (r + x) * log((alpha + t) / (alpha + t_x))))
        total += n * value
    return -total


def simplex(f, start, step=0.05, tolerance=1e-9):
    n = len(start)
    points = [(f(start), list(start))]
    for i in range(n):
        p = list(start)
        p[i] += step
        points.append((f(p), p))
    while True:
        points.sort(key=lambda p: p[0])
        if points[-1][0] - points[0][0] < tolerance:
            return points[0]
        mean = [sum(p[1][i] for p in points[:-1]) / n for i in range(n)]
        worst = points[-1][1]

        def at(factor):
            p = [m + factor * (w - m) for m, w in zip(mean, worst)]
            return f(p), p

        reflected = at(-1)
        if reflected[0] < points[0][0]:
            points[-1] = min(reflected, at(-2), key=lambda p: p[0])
        elif reflected[0] < points[-2][0]:
            points[-1] = reflected
        else:
            inside = at(0.5 if reflected[0] >= points[-1][0] else -0.5)
            if inside[0] < min(points[-1][0], reflected[0]):
                points[-1] = inside
            else:
                best = points[0][1]
                points = [points[0]] + [
                    (f(q), q) for q in ([(u + v) / 2 for u, v in zip(best, p[1])]
                                        for p in points[1:])]


best, logs = simplex(minus_log_likelihood, [log(v) for v in (0.2425945, 4.413602, 0.7929221, 2.425907)])
print(-best, [exp(v) for v in logs])
quantile = 2.705543454095404  # of chi-squared, one degree, 0.90
for index, name in ((0, "r"), (2, "a"), (3, "b")):
    for side in (-1, 1):
        others = logs[:index] + logs[index + 1:]

        def fall(distance):
            global others
            held = logs[index] + side * distance
            value, others = simplex(
                lambda p: minus_log_likelihood(p[:index] + [held] + p[index:]), others)
            return 2 * (value - best) - quantile

        low, high = 0.0, 0.05
        while fall(high) < 0:
            low, high = high, 2 * high
        f_low, f_high = fall(low), fall(high)
        for _ in range(40):
            if high - low < 1e-6:
                break
            middle = (low * f_high - high * f_low) / (f_high - f_low)
            middle = min(max(middle, low + 0.01 * (high - low)), high - 0.01 * (high - low))
            f = fall(middle)
            if f < 0:
                low, f_low = middle, f
            else:
                high, f_high = middle, f
            if abs(f) < 1e-7:
                low = high = middle
        print(name, "low" if side < 0 else "high", exp(logs[index] + side * (low + high) / 2), flush=True)
