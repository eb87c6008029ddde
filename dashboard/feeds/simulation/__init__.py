"""The parts of the simulated city: its rhythm, its hot spots, its cameras, its units and its cases."""
