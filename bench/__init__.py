"""Measurements, as ratios in one run on one machine: `make bench`. Not part of `make test`."""
