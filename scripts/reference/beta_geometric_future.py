"""Reference values of clv/beta_geometric_future.hpp, printed as rows for its test.

Rate ~ Gamma(shape, rate), dropout ~ Beta(a, b) after each purchase. Discounted purchases come
from quadrature at 40 digits, over u, of

    shape / rate 2F1(shape + 1, a; a + b; -u / rate) exp(-delta u).

Probabilities come, at 60 digits, from the law of the number of purchases that a customer who never
drops out would make.
"""

from mpmath import exp, expm1, factorial, hyp2f1, inf, log1p, mp, mpf, nstr, quad, rf

mp.dps = 40


def purchase_rate(shape, rate, a, b, u):
    """Pfaff's form of 2F1(shape + 1, a; a + b; -u / rate), which converges for every u."""
    z = u / (rate + u)
    return shape / rate * (1 + u / rate) ** -a * hyp2f1(a, a + b - shape - 1, a + b, z)


def discounted(shape, rate, a, b, t, delta):
    # In w = ln(1 + u / rate) all scales of time show.
    end = log1p(90 / delta / rate)
    if t != inf:
        end = min(end, log1p(t / rate))

    def integrand(w):
        u = rate * expm1(w)
        return exp(-delta * u) * purchase_rate(shape, rate, a, b, u) * (rate + u)

    pieces = max(4, int(end * 8))
    return quad(integrand, [end * i / pieces for i in range(pieces + 1)], method="gauss-legendre",
                maxdegree=5)


def probability(shape, rate, a, b, n, t):
    z = t / (rate + t)

    def never_drops(k):
        return rf(shape, k) / factorial(k) * z**k * (1 - z) ** shape

    def survives(k):
        return rf(b, k) / rf(a + b, k)

    if n == 0:
        return never_drops(0)
    at_least = 1 - sum(never_drops(k) for k in range(n))
    return survives(n) * never_drops(n) + (survives(n - 1) - survives(n)) * at_least


LAWS = [
    ("CDNOW, new customer", 0.243, 4.414, 0.793, 2.426),
    ("CDNOW, 2 purchases in 38.86 weeks", 2.243, 43.274, 0.793, 4.426),
    ("26 purchases in 31 weeks", 26.243, 35.414, 0.793, 28.426),
    ("a = 1", 2.5, 45, 1, 4.5),
    ("a + b = 1", 0.25, 4, 0.4, 0.6),
    ("a tiny", 0.4, 8, 0.001, 1.7),
    ("large shape, few survivals", 80, 400, 1.4, 6),
    ("a thousand purchases", 1000.5, 106, 2, 1002.5),
    ("tiny rate", 0.05, 1e-4, 0.6, 2),
    ("b tiny", 0.6, 5, 0.5, 0.001),
    ("a large", 1.5, 20, 40, 90),
    ("a large, nearly certain to drop", 30, 20, 900, 2),
]

if __name__ == "__main__":
    for name, *law in LAWS:
        law = [mpf(v) for v in law]
        row = [discounted(*law, mpf(t), mpf(d)) for t, d in
               [(1, 0.0027), (52, 0.0027), (1000, 0.1), ("inf", 0.0027), ("inf", 1e-6)]]
        mp.dps = 60
        row += [probability(*law, n, mpf(t)) for n, t in [(1, 39), (7, 39), (40, 200)]]
        mp.dps = 40
        values = ", ".join(nstr(v, 17) for v in row)
        print(f'      {{"{name}", {{{", ".join(repr(float(v)) for v in law)}}}, {values}}},', flush=True)
