"""Reference values for tests/clv/bg_bb_test.cpp: the BG/BB log-likelihood of one history as the
paper has it, with its gradient and Hessian by the logarithms of alpha, beta, gamma, delta, at 50
digits, for exactly the doubles given: differences with steps of 1e-15 in 80-digit arithmetic.
Run: python3 scripts/reference/bg_bb_derivatives.py"""

from mpmath import beta as B
from mpmath import exp, log, mp, mpf, nstr

mp.dps = 80
STEP = mpf(10) ** -15

GRID = [
    ((1.204, 0.75, 0.657, 2.783), (3, 4, 6)),
    ((1.204, 0.75, 0.657, 2.783), (0, 0, 6)),
    ((1.204, 0.75, 0.657, 2.783), (6, 6, 6)),
    ((1.204, 0.75, 0.657, 2.783), (12, 40, 52)),
    ((1.204, 0.75, 0.657, 2.783), (5, 7, 365)),
    ((0.8, 1.5, 1.0, 3.0), (1, 1, 1)),
    ((0.05, 0.04, 0.03, 0.07), (2, 4, 6)),
    ((0.05, 0.04, 0.03, 0.07), (200, 360, 365)),
    ((300.0, 700.0, 20.0, 900.0), (5, 7, 365)),
    ((300.0, 700.0, 20.0, 900.0), (0, 0, 52)),
    ((0.01, 50.0, 0.2, 0.01), (2, 4, 6)),
    ((2.0, 0.03, 0.5, 40.0), (300, 310, 1000)),
]


def log_likelihood(logs, c):
    a, b, g, d = (exp(v) for v in logs)
    x, t, n = c
    total = B(a + x, b + n - x) * B(g, d + n)
    total += sum(B(a + x, b + i - x) * B(g + 1, d + i) for i in range(t, n))
    return log(total / (B(a, b) * B(g, d)))


for params, c in GRID:
    logs = [log(mpf(p)) for p in params]

    def at(*moves):
        moved = list(logs)
        for i, sign in moves:
            moved[i] += sign * STEP
        return log_likelihood(moved, c)

    value = at()
    numbers = [value] + [(at((i, 1)) - at((i, -1))) / (2 * STEP) for i in range(4)]
    for i in range(4):
        for j in range(i, 4):
            if i == j:
                numbers.append((at((i, 1)) - 2 * value + at((i, -1))) / STEP**2)
            else:
                mixed = at((i, 1), (j, 1)) - at((i, 1), (j, -1))
                mixed += at((i, -1), (j, -1)) - at((i, -1), (j, 1))
                numbers.append(mixed / (4 * STEP**2))
    text = ", ".join(nstr(v, 17) for v in numbers[1:5])
    hessian = ", ".join(nstr(v, 17) for v in numbers[5:])
    model = ", ".join(repr(p) for p in params)
    print(f"{{{{{model}}}, {{{c[0]}, {c[1]}, {c[2]}}}, {nstr(value, 17)}, {{{text}}}, {{{hessian}}}}},")
