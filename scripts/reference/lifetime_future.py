"""Reference values of clv/lifetime_future.hpp: tests/clv/reference/lifetime_future.csv.

Rate ~ Gamma(shape, rate); the lifetime has survival (beta / (beta + u))^s (Pareto, b = 0 here) or
(beta / (beta + exp(b u) - 1))^s (Gompertz). Every value is the defining integral by tanh-sinh or
Gauss-Legendre quadrature at 40 digits, in many pieces of the logarithm of time.
"""

from mpmath import exp, expm1, gamma, inf, log, log1p, mp, mpf, nstr, quad, rf

mp.dps = 40


def survival(law, u):
    _, _, b, s, beta = law
    return (1 + u / beta) ** -s if b == 0 else (1 + expm1(b * u) / beta) ** -s


def density(law, u):
    _, _, b, s, beta = law
    if b == 0:
        return s / (beta + u) * survival(law, u)
    return s * b * exp(b * u) / (beta + expm1(b * u)) * survival(law, u)


def count(law, n, u):
    shape, rate = law[:2]
    return rf(shape, n) / gamma(n + 1) * (u / (rate + u)) ** n * (rate / (rate + u)) ** shape


def over_log_time(function, low, t, width=mpf(1) / 4):
    """The integral of function(u) over (0, t], of which nothing is below exp(low)."""
    end = log(t)
    pieces = max(8, int((end - low) / width))
    points = [low + (end - low) * i / pieces for i in range(pieces + 1)]
    return quad(lambda w: function(exp(w)) * exp(w), points, method="gauss-legendre", maxdegree=4)


def discounted(law, t, delta):
    end = min(t, 90 / delta) if delta > 0 else t
    return law[0] / law[1] * over_log_time(
        lambda u: exp(-delta * u) * survival(law, u), log(end) - 95, end)


def ever(law, delta):
    return discounted(law, mpf(10) ** 12, delta)


def probability(law, n, t):
    shape, rate, b, s, beta = law
    # Below this time all factors are powers of u.
    bend = min(t, rate / (n + shape), (beta if b == 0 else min(beta, 1) / b) / (s + 1))
    width = mpf(1) / 4 if n < 50 else 1 / (4 * mp.sqrt(n))
    return survival(law, t) * count(law, n, t) + over_log_time(
        lambda u: density(law, u) * count(law, n, u), log(bend) - 95 / mpf(n + 1), t, width)


# shape, rate, b (0: Pareto), s, beta
LAWS = [
    ("CDNOW, new customer", 0.553, 10.578, 0, 0.606, 11.669),
    ("CDNOW, 2 purchases in 38.86 weeks", 2.553, 49.438, 0, 0.606, 50.529),
    ("s = 1", 2.5, 45.0, 0, 1.0, 30.0),
    ("heavy buyer, short life", 150.25, 400.0, 0, 30.0, 20.0),
    ("tiny scales", 0.05, 0.001, 0, 0.3, 0.0001),
    ("two thousand purchases", 2000.5, 106.0, 0, 1.4, 120.0),
    ("Gompertz, beta > 1", 1.0, 10.0, 0.05, 0.5, 2.0),
    ("Gompertz, beta < 1", 1.0, 10.0, 0.05, 0.5, 0.5),
    ("Gompertz, nearly Pareto", 0.553, 10.578, 0.0002, 0.603, 0.0026),
    ("Gompertz, all drop out at 14", 40.0, 30.0, 1.0, 20.0, 1e6),
    ("Gompertz, fast and few", 0.8, 5.0, 3.0, 0.01, 0.001),
    ("Gompertz, sharp knee", 0.577, 1.39, 4.14, 10.4, 83.5),
    ("Gompertz, two bulges of the density", 3000.0, 3.0, 0.7, 2.0, 1e9),
]


def text(value):
    return nstr(value, 17) if value > 1e-300 else "0"


def main():
    print("case,shape,rate,b,s,beta,mean_39,discounted_52,discounted_1000,ever_270,ever_1,none_39,"
          "one_39,seven_39,many_200")
    for name, *numbers in LAWS:
        law = [mpf(v) for v in numbers]
        values = [
            law[0] / law[1] * over_log_time(lambda u: survival(law, u), log(mpf(39)) - 95, mpf(39)),
            discounted(law, mpf(52), mpf(0.0027)),
            discounted(law, mpf(1000), mpf(0.1)),
            ever(law, mpf(0.0027)),
            ever(law, mpf(1e-6)),
            probability(law, 0, mpf(39)),
            probability(law, 1, mpf(39)),
            probability(law, 7, mpf(39)),
            probability(law, 3000, mpf(200)),
        ]
        cells = [repr(float(v)) for v in law] + [text(v) for v in values]
        print(",".join([name.replace(",", ";")] + cells), flush=True)


if __name__ == "__main__":
    main()
