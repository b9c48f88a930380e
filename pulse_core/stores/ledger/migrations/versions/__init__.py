"""One file a step, applied in order; a step that has been released is never changed."""
