"""Log-likelihoods of the Pareto/NBD with Sarmanov's dependence, with gradient and Hessian with
respect to ln r, ln alpha, ln s, ln beta and the share of the strongest dependence, by differences at
150 digits: tests/clv/reference/pareto_nbd_sarmanov_derivatives.csv."""

from mpmath import exp, gamma, hyp2f1, log, mp, mpf, nstr

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


def log_likelihood(point, x, t_x, t):
    r, alpha, s, beta = (exp(v) for v in point[:4])
    la, lb = (alpha / (1 + alpha)) ** r, (beta / (1 + beta)) ** s
    if point[4] < 0:
        limit = 1 / max(la * lb, (1 - la) * (1 - lb))
    else:
        limit = 1 / max(la * (1 - lb), (1 - la) * lb)
    m = point[4] * limit
    l = lambda i, j: log_pareto(r, alpha + i, s, beta + j, x, t_x, t)
    return log(l(0, 0) + m * la * lb * (l(0, 0) + l(1, 1) - l(1, 0) - l(0, 1)))


def derivatives(row):
    n = 5
    parameters = [log(mpf(v)) for v in row[:4]] + [mpf(row[4])]
    data = (row[5], mpf(row[6]), mpf(row[7]))

    def f(*moves):
        point = list(parameters)
        for i, sign in moves:
            point[i] += sign * STEP
        return log_likelihood(point, *data)

    def side(i):  # at 0 the limit changes: the side that the library takes
        return (f((i, 1)), f((i, -1)))

    centre = f()
    if parameters[4] == 0:
        parameters[4] = STEP * 10  # from above
    moves = [side(i) for i in range(n)]
    yield centre
    for up, down in moves:
        yield (up - down) / (2 * STEP)
    middle = f()
    for i in range(n):
        for j in range(i, n):
            if i == j:
                yield (moves[i][0] - 2 * middle + moves[i][1]) / STEP**2
            else:
                both = f((i, 1), (j, 1)) - f((i, 1), (j, -1)) - f((i, -1), (j, 1)) + f((i, -1), (j, -1))
                yield both / (4 * STEP**2)


if __name__ == "__main__":
    names = ["r", "alpha", "s", "beta", "dependence"]
    pairs = [a + "_" + b for i, a in enumerate(names) for b in names[i:]]
    print(",".join(names + ["x", "t_x", "T", "ll"] + ["d_" + n for n in names] + ["d_" + p for p in pairs]))
    for row in ROWS:
        print(",".join([repr(v) for v in row] + [nstr(v, 20) for v in derivatives(row)]), flush=True)
