"""The pages of the pass: choosing one, walking it, charting, and the sheets."""
