"""Reference values for tests/relationship/latent_factor_test.cpp: one-factor maximum likelihood at
40 digits by another route than the library's, the fixed points of the EM algorithm (D. B. Rubin,
D. T. Thayer 1982) found by Newton's method on the likelihood equations in loadings and
uniquenesses. Run: python3 scripts/reference/latent_factor.py"""

from mpmath import det, diag, findroot, log, matrix, mp, mpf

mp.dps = 40


def one_factor(r, n):
    k = r.rows

    def em(loadings, unique):
        """One step of EM: loadings and uniquenesses in, better ones out."""
        ratio = [l / u for l, u in zip(loadings, unique)]
        d = sum(l * w for l, w in zip(loadings, ratio))
        beta = matrix([w / (1 + d) for w in ratio])
        cross = r * beta
        second = 1 / (1 + d) + (beta.T * cross)[0]
        new = [cross[i] / second for i in range(k)]
        return new, [r[i, i] - new[i] * cross[i] for i in range(k)]

    loadings, unique = [mpf("0.6")] * k, [mpf("0.64")] * k
    for _ in range(300):
        loadings, unique = em(loadings, unique)

    def residual(*point):
        new, own = em(point[:k], point[k:])
        return [a - b for a, b in zip(list(new) + list(own), point)]

    root = findroot(residual, loadings + unique, tol=mpf(10) ** -60, maxsteps=50)
    loadings, unique = [root[i] for i in range(k)], [root[k + i] for i in range(k)]
    implied = matrix(k, k)
    for i in range(k):
        for j in range(k):
            implied[i, j] = loadings[i] * loadings[j] + (unique[i] if i == j else 0)
    inverse = implied ** -1
    trace = sum((r * inverse)[i, i] for i in range(k))
    gap = log(det(implied)) - log(det(r)) + trace - k
    chi = (n - 1 - mpf(2 * k + 5) / 6 - mpf(2) / 3) * gap
    own = r ** -1
    squares = sum(r[i, j] ** 2 for i in range(k) for j in range(k) if i != j)
    partial = sum(own[i, j] ** 2 / (own[i, i] * own[j, j])
                  for i in range(k) for j in range(k) if i != j)
    print("loadings", ", ".join(mp.nstr(v, 17) for v in loadings))
    print("uniquenesses", ", ".join(mp.nstr(v, 17) for v in unique))
    print("chi_squared", mp.nstr(chi, 17), "kmo", mp.nstr(squares / (squares + partial), 17))


# Six tests of ability and intelligence, 112 people: R's data set ability.cov (D. J. Bartholomew
# 1987). factanal(factors = 1) prints loadings .682 .384 .502 .300 .877 .849.
covariance = [
    [24.641, 5.991, 33.520, 6.023, 20.755, 29.701],
    [5.991, 6.700, 18.137, 1.782, 4.936, 7.204],
    [33.520, 18.137, 149.831, 19.424, 31.430, 50.753],
    [6.023, 1.782, 19.424, 12.711, 4.757, 9.075],
    [20.755, 4.936, 31.430, 4.757, 52.604, 66.762],
    [29.701, 7.204, 50.753, 9.075, 66.762, 135.292],
]
ability = matrix(6, 6)
for i in range(6):
    for j in range(6):
        scale = mpf(repr(covariance[i][i])) * mpf(repr(covariance[j][j]))
        ability[i, j] = mpf(repr(covariance[i][j])) / scale ** mpf("0.5")
one_factor(ability, 112)
