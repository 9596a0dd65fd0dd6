"""Value, gradient and Hessian of the log-density of single amounts under Gamma-Gamma, by ln p, ln q
and ln gamma: rows of tests/clv/amounts_test.cpp.

Amounts are Gamma(p, nu), nu ~ Gamma(q, gamma). The density is coded as the integral over nu comes
out, not by way of the mean as the library does; for one row that integral is done numerically.
Differences at 50 digits.
"""

from mpmath import diff, exp, gamma, inf, log, loggamma, mp, mpf, nstr, quad

mp.dps = 50


def log_density(amounts, logs):
    p, q, g = (exp(v) for v in logs)
    x = len(amounts)
    return (sum((p - 1) * log(z) for z in amounts) - x * loggamma(p) + q * log(g)
            + loggamma(p * x + q) - loggamma(q) - (p * x + q) * log(g + sum(amounts)))


def check():
    amounts, p, q, g = [mpf(10), mpf(25)], mpf("2.5"), mpf("3.5"), mpf(12)

    def f(nu):
        law = g**q * nu ** (q - 1) * exp(-g * nu) / gamma(q)
        for z in amounts:
            law *= nu**p * z ** (p - 1) * exp(-nu * z) / gamma(p)
        return law

    integral = log(quad(f, [0, 0.1, 0.5, 1, 3, 10, inf]))
    assert abs(integral - log_density(amounts, [log(p), log(q), log(g)])) < mpf(10) ** -25


ROWS = [
    ([22.5], 6.25, 3.75, 15.5),
    ([10, 25], 2.5, 3.5, 12),
    ([10, 10, 10, 10.5], 6.25, 3.75, 15.5),
    ([1, 1, 28], 0.5, 0.75, 0.01),
    ([5] * 30 + [500] * 10, 80, 2, 1000),
    ([0.25, 4000, 3], 0.01, 60, 1),
]

if __name__ == "__main__":
    check()
    for amounts, *p in ROWS:
        z = [mpf(a) for a in amounts]
        f = lambda *v: log_density(z, v)
        at = [log(mpf(v)) for v in p]
        values = [f(*at)]
        for i in range(3):
            values.append(diff(f, at, tuple(int(i == j) for j in range(3))))
        for i in range(3):
            for j in range(i, 3):
                values.append(diff(f, at, tuple(int(i == m) + int(j == m) for m in range(3))))
        print(f"    {{{len(z)}, {nstr(sum(z) / len(z), 17)}, {nstr(sum(log(v) for v in z), 20)}, "
              f"{{{', '.join(map(str, p))}}}, {{{', '.join(nstr(v, 18) for v in values)}}}}},")
