"""How steep an integrand each Gauss-Legendre rule takes, src/clv/power_integral.hpp: the largest
fall, length times the steepest slope of the log of exp(-rate v) (1 - share + share e^v)^-power, at
which the error against 48 nodes is below 5e-16, over shares of the slope and of the exponential."""

from mpmath import exp, mp, mpf

from gauss_legendre import rule

mp.dps = 30
RULES = {n: list(rule(n)) for n in (6, 8, 10, 12, 16, 24, 48)}


def integral(n, f, length):
    return length * sum(w * f(length * x) for x, w in RULES[n])


def worst_error(n, length, fall):
    worst = 0
    for part in (0, 0.5, 1):  # of the slope that is the exponential's
        for share in (0.02, 0.1, 0.3, 0.6, 0.95):
            end = share * exp(length) / (1 - share + share * exp(length))
            rate, power = part * fall / length, (1 - part) * fall / length / end
            f = lambda v: exp(-rate * v) * (1 - share + share * exp(v)) ** -power
            worst = max(worst, abs(integral(n, f, length) / integral(48, f, length) - 1))
    return worst


if __name__ == "__main__":
    for n, fall, length in ((6, 1, 0.25), (8, 2.9, 0.75), (10, 5.8, 1), (12, 9.5, 1.5), (16, 20, 3), (24, 48, 3)):
        lengths = [mpf(length) * k / 8 for k in (0.1, 1, 2, 4, 6, 8)]
        print(n, fall, length, float(max(worst_error(n, h, mpf(fall)) for h in lengths)))
