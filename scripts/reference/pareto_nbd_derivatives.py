"""Log-likelihoods of the Pareto/NBD with gradient and Hessian with respect to the logarithms of the
parameters, by differences at 150 digits: tests/clv/reference/pareto_nbd_derivatives.csv.

The likelihood is that of Fader and Hardie (2005), brucehardie.com/notes/009, as printed, with 2F1."""

from mpmath import exp, gamma, hyp2f1, log, mp, mpf, nstr

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


def log_likelihood(logs, x, t_x, t):
    r, alpha, s, beta = (exp(v) for v in logs)
    k = r + s + x

    def a(u):
        if alpha >= beta:
            return hyp2f1(k, s + 1, k + 1, (alpha - beta) / (alpha + u)) / (alpha + u) ** k
        return hyp2f1(k, r + x, k + 1, (beta - alpha) / (beta + u)) / (beta + u) ** k

    active = (alpha + t) ** -(r + x) * (beta + t) ** -s
    dropped = s / k * (a(t_x) - a(t))
    return log(gamma(r + x) / gamma(r) * alpha**r * beta**s * (active + dropped))


def derivatives(row):
    parameters = [log(mpf(v)) for v in row[:4]]
    data = (row[4], mpf(row[5]), mpf(row[6]))

    def f(*moves):
        point = list(parameters)
        for i, sign in moves:
            point[i] += sign * STEP
        return log_likelihood(point, *data)

    centre = f()
    ups = [f((i, 1)) for i in range(4)]
    downs = [f((i, -1)) for i in range(4)]
    yield centre
    for i in range(4):
        yield (ups[i] - downs[i]) / (2 * STEP)
    for i in range(4):
        for j in range(i, 4):
            if i == j:
                yield (ups[i] - 2 * centre + downs[i]) / STEP**2
            else:
                both = f((i, 1), (j, 1)) - f((i, 1), (j, -1)) - f((i, -1), (j, 1)) + f((i, -1), (j, -1))
                yield both / (4 * STEP**2)


if __name__ == "__main__":
    names = ["r", "alpha", "s", "beta"]
    pairs = [a + "_" + b for i, a in enumerate(names) for b in names[i:]]
    print(",".join(names + ["x", "t_x", "T", "ll"] + ["d_" + n for n in names] + ["d_" + p for p in pairs]))
    for row in ROWS:
        print(",".join([repr(v) for v in row] + [nstr(v, 20) for v in derivatives(row)]), flush=True)
