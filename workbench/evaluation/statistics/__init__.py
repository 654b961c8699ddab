"""Intervals, tests, power and corrections; formulas come from scipy and statsmodels where they can.

Shares are numbers from 0 to 1, differences are second minus first.
"""
