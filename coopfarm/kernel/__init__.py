"""The words everyone uses: intervals, refusals, sentences. Standard library only."""
