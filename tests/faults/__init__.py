"""Faults on purpose: parts that die, a store that is full or slow, clocks that jump, lines that are bad."""
