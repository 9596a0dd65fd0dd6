"""Log-likelihoods of the GGompertz/NBD with gradient and Hessian with respect to the logarithms of
the parameters, by differences at 60 digits: tests/clv/reference/ggompertz_nbd_derivatives.csv.

The likelihood is the sum of "still active" and the integral over the time of dropping out, by
Gauss-Legendre quadrature in panels even in the logarithm of the time since the last purchase."""

from derivatives import log_derivatives, print_table
from mpmath import exp, expm1, gamma, log, mp, mpf, quad

mp.dps = 60
STEP = mpf(10) ** -14

ROWS = [  # r, alpha, b, s, beta, x, t_x, T
    (0.553, 10.578, 0.0002, 0.603, 0.0026, 2, 30.43, 38.86),
    (0.553, 10.578, 0.0002, 0.603, 0.0026, 0, 0, 38.86),
    (1, 10, 0.05, 0.5, 2, 2, 30, 39),
    (1, 10, 0.05, 0.5, 0.5, 2, 30, 39),
    (1, 10, 0.05, 0.5, 0.5, 3, 39, 39),
    (1, 10, 0.05, 0.5, 1, 1, 0.5, 39),
    (0.6, 11, 1e-9, 0.6, 1.2e-8, 7, 3.5, 38.86),
    (0.6, 11, 0.4, 1.5, 20000, 0, 0, 100),
    (0.6, 11, 2, 0.01, 0.001, 26, 30.86, 31),
    (3, 0.5, 0.1, 3, 0.01, 1000, 300, 365),
    (5, 1000, 0.01, 0.05, 50, 0, 0, 10),
    (0.05, 0.3, 1.3, 0.2, 1e6, 1, 0.5, 900),
]


def log_likelihood(parameters, x, t_x, t):
    r, alpha, b, s, beta = parameters

    def survival(y):
        return (1 + expm1(b * y) / beta) ** -s

    def hazard(y):
        return s * b * exp(b * y) / (beta + expm1(b * y))

    total = survival(t) * (alpha + t) ** -(r + x)
    if t > t_x:
        # No factor changes on a shorter scale.
        least = min(t - t_x, alpha / (r + x), min(beta, 1) / b, 1 / hazard(t_x)) / 8
        points = [t_x]
        while least < t - t_x:
            points.append(t_x + least)
            least *= mpf(3) / 2
        points.append(t)
        # Panels no longer than the distance of the poles in the complex plane.
        fine = [t_x]
        for low, high in zip(points, points[1:]):
            pieces = int((high - low) * b / 2) + 1 if low * b < log(1 + beta) + 60 else 1
            fine += [low + (high - low) * (i + 1) / pieces for i in range(pieces)]
        total += quad(lambda y: survival(y) * hazard(y) * (alpha + y) ** -(r + x), fine,
                      method="gauss-legendre", maxdegree=5)
    return log(gamma(r + x) / gamma(r) * alpha**r * total)


def numbers(r, alpha, b, s, beta, x, t_x, t):
    f = lambda *parameters: log_likelihood(parameters, x, mpf(t_x), mpf(t))
    return log_derivatives(f, (r, alpha, b, s, beta), STEP)


if __name__ == "__main__":
    print_table(["r", "alpha", "b", "s", "beta"], ["x", "t_x", "T"], ROWS, numbers)
