"""Bad input in bulk: `python -m tests.fuzz` counts what every way in answers to it. docs/bad-input.md."""
