"""Yearly and monthly assessment of units: points, ranks, exclusions, appeals, publication."""
