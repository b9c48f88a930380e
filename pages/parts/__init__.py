"""What the pages share: the session, cached figures, the bar of jobs, blocks that look alike everywhere."""
