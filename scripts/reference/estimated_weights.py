"""Reference values for tests/relationship/estimated_weights_test.cpp: a ridge logistic regression of
80 customers at 40 digits, its score equations solved by mpmath's root finder. Run: python3
scripts/reference/estimated_weights.py"""

from mpmath import exp, findroot, log, matrix, mp, mpf, sqrt

mp.dps = 40
rows = [(mpf(i * 7 % 16) / 16, mpf(i * 13 % 32) / 32) for i in range(80)]
happened = [1 if i * 37 % 101 < 25 + 3 * (i * 7 % 16) + (i * 13 % 32) // 2 else 0
            for i in range(80)]
ridge = mpf(repr(0.01))


def chance(b, x):
    return 1 / (1 + exp(-(b[0] + b[1] * x[0] + b[2] * x[1])))


def score(*b):
    left = [y - chance(b, x) for x, y in zip(rows, happened)]
    return [sum(left), sum(r * x[0] for r, x in zip(left, rows)) - ridge * b[1],
            sum(r * x[1] for r, x in zip(left, rows)) - ridge * b[2]]


root = findroot(score, (mpf(0), mpf(1), mpf(1)), tol=mpf(10) ** -60)
b = [root[i] for i in range(3)]
information = matrix(3, 3)
for x in rows:
    p = chance(b, x)
    full = (1, x[0], x[1])
    for i in range(3):
        for j in range(3):
            information[i, j] += p * (1 - p) * full[i] * full[j]
for j in (1, 2):
    information[j, j] += ridge
covariance = information ** -1
print("events", sum(happened))
print("coefficients", ", ".join(mp.nstr(v, 17) for v in b))
print("standard errors", ", ".join(mp.nstr(sqrt(covariance[i, i]), 17) for i in range(3)))
print("log_likelihood", mp.nstr(sum(log(chance(b, x)) if y else log(1 - chance(b, x))
                                    for x, y in zip(rows, happened)), 17))
