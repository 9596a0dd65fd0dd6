"""Nodes and weights of the Gauss-Legendre rules in math/quadrature.hpp, on [0, 1]."""

from mpmath import legendre, mp, mpf, diff, nstr, polyroots, taylor

mp.dps = 60


def rule(n):
    roots = polyroots(taylor(lambda x: legendre(n, x), 0, n)[::-1], maxsteps=500, extraprec=400)
    for x in sorted(root.real for root in roots):
        slope = n * (legendre(n - 1, x) - x * legendre(n, x)) / (1 - x * x)
        yield (1 + x) / 2, 1 / ((1 - x * x) * slope**2)


if __name__ == "__main__":
    for n in (6, 8, 10, 12, 16, 24):
        print(n)
        for node, weight in rule(n):
            print("    {" + nstr(node, 20) + ", " + nstr(weight, 20) + "},")
