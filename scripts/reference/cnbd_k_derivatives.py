"""Value, gradient and Hessian of the log-likelihood of one history under BG/CNBD-k and MBG/CNBD-k,
with respect to ln r, ln alpha, ln a and ln b, at 50 digits of the likelihood as a
product of densities: rows of tests/clv/cnbd_k_test.cpp.

The probability of no purchase since the last one is taken from an integral over the rate of stages,
not from the sum that the library uses.
"""

from derivatives import log_derivatives, shown
from mpmath import beta, exp, factorial, gamma, gammainc, inf, log, mp, mpf, quad

mp.dps = 100
STEP = mpf(10) ** -25


def log_likelihood(first_chances, k, x, t_x, age, parameters):
    """Without (k - 1) times the sum of the logs of intervals."""
    r, alpha, a, b = parameters
    m = x + first_chances
    shape = r + k * x
    u = age - t_x
    # The sum over j < k of the moments of the gamma law: rate^j exp(-rate u) u^j / j!.
    alive = sum(gamma(shape + j) * u**j / factorial(j) / (alpha + age) ** (shape + j)
                for j in range(k)) * beta(a, b + m)
    dropped = gamma(shape) / (alpha + t_x) ** shape * beta(a + 1, b + m - 1) if m > 0 else 0
    return log((alive + dropped) * alpha**r / gamma(r) / beta(a, b) / gamma(k) ** x)


def silence(k, shape, rate, idle):
    """The probability of fewer than k stages in `idle` periods, by quadrature: a check."""
    f = lambda l: rate**shape * l ** (shape - 1) * exp(-rate * l) / gamma(shape) * \
        gammainc(k, l * idle, inf, regularized=True)
    top = (shape + 40) / rate
    return quad(f, [0, top / 8, top / 4, top / 2, top, 2 * top, 4 * top, inf])


def check_silence():
    shape, rate, idle = mpf("6.5"), mpf(9), mpf(20)
    for k in (1, 2, 5):
        z = idle / (rate + idle)
        s = sum(gamma(shape + j) / gamma(shape) * z**j / factorial(j) for j in range(k))
        assert abs((1 - z) ** shape * s / silence(k, shape, rate, idle) - 1) < 1e-20


ROWS = [
    # first_chances, k, x, t_x, age, r, alpha, a, b
    (0, 1, 2, 30.5, 38.75, 0.25, 4.5, 0.75, 2.5),
    (0, 2, 0, 0, 38.75, 0.359, 1.129, 0.523, 2.785),
    (1, 2, 0, 0, 38.75, 1.329, 2.8125, 0.4247, 0.79),
    (1, 2, 19, 48.5, 52, 1.329, 2.8125, 0.4247, 0.79),
    (0, 3, 4, 12, 52, 0.36, 0.7125, 0.5537, 2.758),
    (1, 12, 6, 30, 52, 1.059, 0.3195, 0.5359, 1.07),
    (1, 2, 400, 100, 300, 0.5, 10, 0.01, 20),
    (0, 5, 3000, 364, 365, 0.05, 0.1, 3, 200),
    (0, 2, 1, 0.125, 1000, 5, 300, 0.001, 0.5),
    (1, 4, 7, 10, 10, 100, 2000, 40, 0.25),
]

if __name__ == "__main__":
    check_silence()
    for first, k, x, t_x, age, *p in ROWS:
        f = lambda *v: log_likelihood(first, k, x, mpf(t_x), mpf(age), v)
        values = log_derivatives(f, p, STEP)
        text = ", ".join(shown(values, 18))
        print(f"    {{{first}, {{{x}, {t_x}, {age}}}, {{{', '.join(map(str, p))}, {k}}}, {{{text}}}}},")
