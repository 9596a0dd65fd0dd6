"""tests/clv/reference/beta_geometric_lifetime.csv: sums of S(k) = (b)_k / (a + b)_k
at 50 digits, for exactly the doubles given: the continued fraction of the infinite sums, whose
difference is the finite one, and plain sums up to 300 terms."""

from mpmath import digamma, gammaprod, hyp2f1, mp, mpf, nstr

mp.dps = 60


def ever(a, b, d):
    """The sum of S(k) (1 + d)^-k over k >= 1: b / (a + b) / d 2F1(1, a; a + b + 1; -1 / d)."""
    c = a + b + 1
    if a != int(a):
        return b / (a + b) / d * hyp2f1(1, a, c, -1 / d)
    elements = [a / c / d]  # integer a: mpmath's connection formula divides by zero
    for k in range(2, 6000):
        h = k // 2
        top = (a + h) * (c - 1 + h) if k % 2 else h * (c - a + h - 1)
        elements.append(top / ((c + k - 2) * (c + k - 1)) / d)
    value = mpf(1)
    for element in reversed(elements):
        value = 1 + element / value
    return b / (a + b) / d / value


def survival(a, b, m):
    return gammaprod([b + m, a + b], [b, a + b + m])


def expected(a, b, m):
    if m <= 300:
        return sum(survival(a, b, k) for k in range(1, m + 1))
    if a == 1:
        return b * (digamma(b + 1 + m) - digamma(b + 1))
    return b / (a - 1) * (1 - survival(a - 1, b + 1, m))


def discounted(a, b, m, d):
    if m <= 300:
        return sum(survival(a, b, k) * (1 + d) ** -k for k in range(1, m + 1))
    return ever(a, b, d) - (1 + d) ** -m * survival(a, b, m) * ever(a, b + m, d)


print("a,b,m,d,expected,discounted,discounted_ever")
for a in (0.01, 0.3, 0.999999999, 1.0, 1.0000000001, 1.7, 40.25, 900.5):
    for b in (0.01, 0.8, 1000.0):
        for m, d in ((7, 0.1), (300, 0.003), (5000, 1e-2), (1000000, 1e-3), (1000000, 1e-7)):
            if a == 1 and d < 1e-3:
                continue
            x, y, e = mpf(a), mpf(b), mpf(d)
            values = expected(x, y, m), discounted(x, y, m, e), ever(x, y, e)
            print(f"{a!r},{b!r},{m},{d!r}," + ",".join(nstr(v, 20) for v in values))
