"""Reference values for tests/relationship/ahp_test.cpp: the principal eigenvector of a matrix of
comparisons by mpmath's general eigenvalue solver at 40 digits. Run: python3
scripts/reference/ahp.py"""

from mpmath import eig, matrix, mp, mpf

mp.dps = 40
upper = [mpf(2), mpf(1) / 3, mpf(7), mpf(4), mpf(1) / 5, mpf(3), mpf(1), mpf(9), mpf(6), mpf(1) / 2]
a = matrix(5, 5)
answers = iter(upper)
for i in range(5):
    a[i, i] = 1
    for j in range(i + 1, 5):
        a[i, j] = next(answers)
        a[j, i] = 1 / a[i, j]
values, vectors = eig(a)
best = max(range(5), key=lambda i: abs(values[i]))
vector = [abs(vectors[i, best]) for i in range(5)]
print("lambda_max", mp.nstr(values[best].real, 20))
print(", ".join(mp.nstr(v / sum(vector), 20) for v in vector))
