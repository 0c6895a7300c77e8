"""What happened and who did it: the trail, its hash chain, findings, overrides and refusals."""
