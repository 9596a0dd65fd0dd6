"""Reference values for tests/math/polygamma_test.cpp: differences of polygamma functions at 60
digits, for exactly the doubles given. Run: python3 scripts/reference/polygamma.py"""

from mpmath import mp, mpf, psi

mp.dps = 60
for z in (1e-9, 0.2425945, 0.5, 1.0, 3.7, 15.999, 16.0, 250.25, 1e6, 1e12):
    for n in (1e-7, 0.75, 1.0, 3.0, 29.0, 10000.0, 1e9):
        a, b = mpf(z), mpf(z) + mpf(n)
        first = psi(0, b) - psi(0, a)
        second = psi(1, b) - psi(1, a)
        print(f"{{{z!r}, {n!r}, {mp.nstr(first, 20)}, {mp.nstr(second, 20)}, "
              f"{mp.nstr(psi(1, a), 20)}}},")
