"""Log-likelihoods of one history under BG/BB as the paper has it, with gradient and Hessian with
respect to the logarithms of the parameters, at 50 digits: tests/clv/reference/bg_bb_derivatives.csv.

Fader, Hardie and Shang (2010), doi:10.1287/mksc.1100.0580."""

from derivatives import log_derivatives, print_table
from mpmath import beta as B
from mpmath import log, mp, mpf

mp.dps = 100
STEP = mpf(10) ** -25

ROWS = [  # alpha, beta, gamma, delta, x, t_x, n
    (1.204, 0.75, 0.657, 2.783, 3, 4, 6),
    (1.204, 0.75, 0.657, 2.783, 0, 0, 6),
    (1.204, 0.75, 0.657, 2.783, 6, 6, 6),
    (1.204, 0.75, 0.657, 2.783, 12, 40, 52),
    (1.204, 0.75, 0.657, 2.783, 5, 7, 365),
    (0.8, 1.5, 1.0, 3.0, 1, 1, 1),
    (0.05, 0.04, 0.03, 0.07, 2, 4, 6),
    (0.05, 0.04, 0.03, 0.07, 200, 360, 365),
    (300.0, 700.0, 20.0, 900.0, 5, 7, 365),
    (300.0, 700.0, 20.0, 900.0, 0, 0, 52),
    (0.01, 50.0, 0.2, 0.01, 2, 4, 6),
    (2.0, 0.03, 0.5, 40.0, 300, 310, 1000),
    (0.001, 0.001, 0.001, 0.001, 1, 2, 3),
    (10000.0, 10000.0, 0.001, 10000.0, 160, 250, 365),
    (10000.0, 0.001, 10000.0, 0.001, 0, 0, 3),
    (0.5, 2.0, 0.7, 50.0, 3000, 3600, 3650),
    (3.0, 3.0, 1.0, 500.0, 10000, 10000, 10000),
]


def likelihood(x, t, n):
    def log_likelihood(a, b, g, d):
        total = B(a + x, b + n - x) * B(g, d + n)
        total += sum(B(a + x, b + i - x) * B(g + 1, d + i) for i in range(int(t), int(n)))
        return log(total / (B(a, b) * B(g, d)))

    return log_likelihood


def numbers(alpha, beta, gamma, delta, x, t, n):
    return log_derivatives(likelihood(x, t, n), (alpha, beta, gamma, delta), STEP)


if __name__ == "__main__":
    print_table(["alpha", "beta", "gamma", "delta"], ["x", "t_x", "n"], ROWS, numbers)
