"""What feeds the raw streams from inside the project: incident files, their replay, and the simulator."""
