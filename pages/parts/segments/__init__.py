"""The tabs of the Segments page, one file each."""
