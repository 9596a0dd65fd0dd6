"""Log-likelihoods of the Pareto/NBD with Sarmanov's dependence, with gradient and Hessian with
respect to ln r, ln alpha, ln s, ln beta and the share of the strongest dependence, by differences at
150 digits: tests/clv/reference/pareto_nbd_sarmanov_derivatives.csv."""

from derivatives import log_derivatives, print_table
from mpmath import gamma, hyp2f1, log, mp, mpf

mp.dps = 150
STEP = mpf(10) ** -40

ROWS = [  # r, alpha, s, beta, dependence, x, t_x, T
    (0.553, 10.578, 0.606, 11.669, 0.7, 0, 0, 38.86),
    (0.553, 10.578, 0.606, 11.669, 0.0, 2, 30.43, 38.86),
    (0.553, 10.578, 0.606, 11.669, -0.5, 26, 30.86, 31),
    (0.553, 10.578, 0.606, 11.669, 1.0, 7, 3.5, 38.86),
    (1.4413, 48.28, 0.5479, 45.492, 1.0, 6, 93.2857, 104),
    (1.4413, 48.28, 0.5479, 45.492, -1.0, 0, 0, 104),
    (2, 0.5, 1.5, 0.8, 0.9, 40, 30, 39),
    (2, 0.5, 1.5, 0.8, -0.9, 3, 1, 39),
    (2, 3, 0.7, 8, 0.5, 1000, 300, 365),
]


def log_pareto(r, alpha, s, beta, x, t_x, t):
    k = r + s + x

    def a(u):
        if alpha >= beta:
            return hyp2f1(k, s + 1, k + 1, (alpha - beta) / (alpha + u)) / (alpha + u) ** k
        return hyp2f1(k, r + x, k + 1, (beta - alpha) / (beta + u)) / (beta + u) ** k

    both = (alpha + t) ** -(r + x) * (beta + t) ** -s + s / k * (a(t_x) - a(t))
    return gamma(r + x) / gamma(r) * alpha**r * beta**s * both


def likelihood(x, t_x, t):
    def log_likelihood(r, alpha, s, beta, dependence):
        la, lb = (alpha / (1 + alpha)) ** r, (beta / (1 + beta)) ** s
        if dependence < 0:
            limit = 1 / max(la * lb, (1 - la) * (1 - lb))
        else:
            limit = 1 / max(la * (1 - lb), (1 - la) * lb)
        m = dependence * limit
        l = lambda i, j: log_pareto(r, alpha + i, s, beta + j, x, t_x, t)
        return log(l(0, 0) + m * la * lb * (l(0, 0) + l(1, 1) - l(1, 0) - l(0, 1)))

    return log_likelihood


def numbers(r, alpha, s, beta, dependence, x, t_x, t):
    # At 0 the limit changes: from above, which is the side that the library takes.
    dependence = dependence or 10 * STEP
    f = likelihood(x, mpf(t_x), mpf(t))
    return log_derivatives(f, (r, alpha, s, beta), STEP, [dependence])


if __name__ == "__main__":
    print_table(["r", "alpha", "s", "beta", "dependence"], ["x", "t_x", "T"], ROWS, numbers)
