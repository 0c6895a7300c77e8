"""The benchmark: each figure beside a floor measured in the same run, on real servers that write to disk."""
