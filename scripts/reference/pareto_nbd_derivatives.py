"""Log-likelihoods of the Pareto/NBD with gradient and Hessian with respect to the logarithms of the
parameters, by differences at 150 digits: tests/clv/reference/pareto_nbd_derivatives.csv.

The likelihood is that of Fader and Hardie (2005), brucehardie.com/notes/009, as printed, with 2F1."""

from derivatives import log_derivatives, print_table
from mpmath import gamma, hyp2f1, log, mp, mpf

mp.dps = 150
STEP = mpf(10) ** -40

ROWS = [  # r, alpha, s, beta, x, t_x, T
    (0.553, 10.578, 0.606, 11.669, 0, 0, 38.86),
    (0.553, 10.578, 0.606, 11.669, 2, 30.43, 38.86),
    (0.553, 10.578, 0.606, 11.669, 26, 30.86, 31),
    (0.553, 10.578, 0.606, 11.669, 7, 3.5, 38.86),
    (0.55, 11, 0.61, 11, 2, 30, 39),
    (0.8, 20, 0.4, 5, 3, 20, 39),
    (0.8, 5, 0.4, 20, 3, 39, 39),
    (0.1, 500, 3, 0.02, 0, 0, 30),
    (5, 1000, 0.01, 0.5, 0, 0, 10),
    (0.05, 0.3, 20, 4000, 1, 0.5, 900),
    (10.465, 0.00798565181, 3.0516, 2.82, 50, 4, 37),
    (0.5143, 2.8845, 0.2856, 14.1087, 254, 97.14286, 97.28571),
    (2, 3, 0.7, 8, 1000, 300, 365),
    (2, 30, 1.5, 0.001, 40, 0.125, 365),
]


def likelihood(x, t_x, t):
    def log_likelihood(r, alpha, s, beta):
        k = r + s + x

        def a(u):
            if alpha >= beta:
                return hyp2f1(k, s + 1, k + 1, (alpha - beta) / (alpha + u)) / (alpha + u) ** k
            return hyp2f1(k, r + x, k + 1, (beta - alpha) / (beta + u)) / (beta + u) ** k

        active = (alpha + t) ** -(r + x) * (beta + t) ** -s
        dropped = s / k * (a(t_x) - a(t))
        return log(gamma(r + x) / gamma(r) * alpha**r * beta**s * (active + dropped))

    return log_likelihood


def numbers(r, alpha, s, beta, x, t_x, t):
    return log_derivatives(likelihood(x, mpf(t_x), mpf(t)), (r, alpha, s, beta), STEP)


if __name__ == "__main__":
    print_table(["r", "alpha", "s", "beta"], ["x", "t_x", "T"], ROWS, numbers)
