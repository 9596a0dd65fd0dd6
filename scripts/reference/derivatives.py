"""Gradients and Hessians by central differences in many digits, and tables of them: what the
scripts *_derivatives.py share.

The error of a difference is that of the step's square, the noise 10^-digits over the step's square:
a step of 10^-(digits / 4) leaves half of the digits, 50 of 100."""

from mpmath import exp, log, mp, mpf, nstr


def derivatives(f, point, step):
    """The value of f(point), its gradient, and the upper half of its Hessian row by row."""
    n = len(point)

    def at(*moves):
        moved = list(point)
        for i, sign in moves:
            moved[i] += sign * step
        return f(moved)

    centre = at()
    ups = [at((i, 1)) for i in range(n)]
    downs = [at((i, -1)) for i in range(n)]
    numbers = [centre] + [(ups[i] - downs[i]) / (2 * step) for i in range(n)]
    for i in range(n):
        for j in range(i, n):
            if i == j:
                numbers.append((ups[i] - 2 * centre + downs[i]) / step**2)
            else:
                mixed = at((i, 1), (j, 1)) - at((i, 1), (j, -1))
                mixed += at((i, -1), (j, -1)) - at((i, -1), (j, 1))
                numbers.append(mixed / (4 * step**2))
    return numbers


def log_derivatives(f, parameters, step, linear=()):
    """The same for f of positive parameters by their logarithms, and after them of `linear` ones as
    they are. Doubles are taken for exactly what they are."""
    k = len(parameters)
    point = [log(mpf(p)) for p in parameters] + [mpf(v) for v in linear]
    return derivatives(lambda v: f(*[exp(u) for u in v[:k]], *v[k:]), point, step)


def columns(names):
    """The names of those numbers in a table."""
    pairs = [a + "_" + b for i, a in enumerate(names) for b in names[i:]]
    return ["ll"] + ["d_" + n for n in names] + ["d_" + p for p in pairs]


def shown(numbers, digits=20):
    """As text; what is noise about 0, and nothing else, as 0."""
    noise = mpf(10) ** (6 - mp.dps // 2)
    return [nstr(v, digits) if abs(v) > noise else "0" for v in numbers]


def print_table(names, others, rows, numbers_of):
    """A CSV: each row's fields under `names` + `others`, then numbers_of(*row) under columns(names)."""
    print(",".join(names + others + columns(names)))
    for row in rows:
        fields = [v if isinstance(v, str) else repr(v) for v in row]
        print(",".join(fields + shown(numbers_of(*row))), flush=True)


def print_tables(others, names, rows):
    """A CSV for functions of some of `names` each: rows are fields under `others`, the values by name,
    and the numbers by name of column; `nan` where there is none."""
    every = columns(names)
    print(",".join(others + names + every))
    for fields, given, numbers in rows:
        given = {name: repr(value) for name, value in given.items()}
        found = dict(zip(columns(list(given)), shown(numbers)))
        cells = [given.get(n, "nan") for n in names] + [found.get(n, "nan") for n in every]
        print(",".join([f if isinstance(f, str) else repr(f) for f in fields] + cells), flush=True)
