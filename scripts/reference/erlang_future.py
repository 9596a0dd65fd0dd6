"""Reference values of clv/erlang_future.hpp, printed as the rows of tests/clv/reference/
erlang_future.csv.

A customer passes through stages at rate lambda ~ Gamma(shape, rate) at the last purchase, buys at
every k-th one, has passed fewer than k of them since, `idle` periods ago, and drops out after each
purchase with a chance ~ Beta(a, b). Given lambda all is a Poisson process; lambda is integrated by
Gauss-Legendre quadrature at 30 digits, in pieces of ln lambda, and checked against half as many.
"""

from mpmath import exp, factorial, hyp2f1, log, mp, mpf, nstr, sqrt
from mpmath.calculus.quadrature import GaussLegendre

mp.dps = 30
rule = GaussLegendre(mp).calc_nodes(4, 110)  # 48 nodes


def integrate(f, ends):
    total = None
    for low, high in zip(ends, ends[1:]):
        half = (high - low) / 2
        for x, w in rule:
            values = [w * half * v for v in f(low + half * (1 + x))]
            total = values if total is None else [a + b for a, b in zip(total, values)]
    return total


class Answers:
    """All answers given lambda, times the weight of lambda; the last is that weight alone."""

    def __init__(self, shape, rate, idle, a, b, k, t, delta):
        self.__dict__.update(shape=mpf(shape), rate=mpf(rate), idle=mpf(idle), a=mpf(a), b=mpf(b),
                             k=k, t=mpf(t), delta=mpf(delta))
        self.survival = [mpf(1)]
        for i in range(4000):
            self.survival.append(self.survival[-1] * (self.b + i) / (self.a + self.b + i))

    def given(self, rate):
        k, t, delta = self.k, self.t, self.delta
        y = rate * t
        # Poisson probabilities, until they no longer matter.
        pmf = [exp(-y)]
        while len(pmf) < y + k or pmf[-1] > mpf(10) ** -34 * min(1, y**k):
            pmf.append(pmf[-1] * y / len(pmf))
        paced = [exp(-(rate + delta) * t)]
        while len(paced) < (rate + delta) * t + k or paced[-1] > mpf(10) ** -34:
            paced.append(paced[-1] * (rate + delta) * t / len(paced))
        at_least = [mpf(0)]
        for p in reversed(paced):
            at_least.append(at_least[-1] + p)
        at_least.reverse()
        phi = rate / (rate + delta)
        rows = []
        for j in range(k):
            count = {}
            for m, p in enumerate(pmf):
                n = (m + j) // k
                count[n] = count.get(n, 0) + p
            alive = sum(p * self.survival[n] for n, p in count.items())
            expected, sums = mpf(0), [mpf(0)]
            for n in range(max(count) + 1):
                sums.append(sums[-1] + self.survival[n])
            expected = sum(p * sums[n] for n, p in count.items())

            def exactly(n):
                reached = sum(p for m, p in count.items() if m >= n)
                dropped = self.survival[n - 1] - self.survival[n]
                return self.survival[n] * count.get(n, 0) + dropped * reached

            discounted = mpf(0)
            for n in range(1, 4000):
                m = k * n - j
                if m >= len(at_least):
                    break
                discounted += self.survival[n - 1] * phi**m * at_least[m]
            rows.append([count.get(0, 0), alive, exactly(1), exactly(3), expected, discounted])
        return rows

    def __call__(self, v):
        rate = exp(v)
        rows = self.given(rate)
        total = [mpf(0)] * (len(rows[0]) + 1)
        for j, row in enumerate(rows):
            weight = exp(self.shape * v - (self.rate + self.idle) * rate)
            weight *= (rate * self.idle) ** j / factorial(j)
            for i, value in enumerate(row + [1]):
                total[i] += weight * value
        return total


def for_ever(c, delta):
    """The mean of the sum over purchases of exp(-delta time), by Gauss' function of each lambda."""
    def f(v):
        rate = exp(v)
        phi = rate / (rate + delta)
        total = hyp2f1(1, c.b, c.a + c.b, phi**c.k)
        result = [mpf(0), mpf(0)]
        for j in range(c.k):
            weight = exp(c.shape * v - (c.rate + c.idle) * rate)
            weight *= (rate * c.idle) ** j / factorial(j)
            result[0] += weight * phi ** (c.k - j) * total
            result[1] += weight
        return result

    return f


def ends_for(c, pieces):
    now = c.rate + c.idle
    low = log(c.shape / now) - 30 * log(10) / c.shape if c.shape < 5 else \
        log(c.shape / now) - 16 / sqrt(c.shape)
    high = log((c.shape + c.k + 16 * sqrt(c.shape + c.k) + 100) / now)
    # Few pieces where lambda is tiny, and nothing but its power counts.
    middle = max(low, log(c.shape / now) - 45)
    count = max(pieces, int((high - middle) * pieces / 16))
    left = [low + (middle - low) * i / mpf(4) for i in range(4)]
    right = [middle + (high - middle) * i / mpf(count) for i in range(count + 1)]
    return (left if middle > low else []) + right


CASES = [
    # label, shape, rate, idle, a, b, k, t, delta
    ("k = 1: CDNOW", 2.25, 35, 8.5, 0.75, 4.5, 1, 39, 0.0027),
    ("new customer, grocery", 1.329, 2.8125, 0, 0.4247, 1.79, 2, 52, 0.0027),
    ("19 purchases in 48.6 weeks", 39.3, 51.4, 3.43, 0.4247, 20.79, 2, 52, 0.0027),
    ("nearly silent", 5.33, 14.8, 40, 0.4247, 3.79, 2, 52, 0.1),
    ("k = 3, a = 1", 3.9, 12.75, 20, 1, 2.5, 3, 10, 0.02),
    ("k = 12, regular", 120.6, 60, 3, 0.8, 11.5, 12, 30, 0.05),
    ("k = 12, due long ago", 24.6, 25, 40, 1.5, 4.25, 12, 26, 0.05),
    ("a + b = 1, tiny shape", 0.125, 4, 0.5, 0.375, 0.625, 2, 60, 0.01),
    ("a large", 3.5, 20, 5, 60, 250, 2, 80, 0.003),
    ("tiny horizon", 6.5, 20, 2, 0.7, 3, 4, 0.001, 0.01),
]

if __name__ == "__main__":
    import sys

    print("case,shape,rate,idle,a,b,k,t,delta,none,alive,one,three,expected,discounted,ever")
    for label, *numbers in CASES[int(sys.argv[1]) if len(sys.argv) > 1 else 0:]:
        c = Answers(*numbers)
        found = []
        for pieces in (8, 16):
            *values, weight = integrate(c, ends_for(c, pieces))
            ever = integrate(for_ever(c, c.delta), ends_for(c, pieces))
            found.append([v / weight for v in values] + [ever[0] / ever[1]])
        error = max(abs(x / y - 1) for x, y in zip(*found))
        assert error < mpf(10) ** -16, (label, nstr(error, 3))
        print(",".join([label.replace(",", ";")] + [repr(n) for n in numbers] +
                       [nstr(v, 20) for v in found[1]]), flush=True)
