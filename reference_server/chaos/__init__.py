"""What the demo can break of itself, from its page: the server of `eventbahn demo`, and of nothing else."""
