"""One campaign, many plots, few machines: rounds that keep windows and travel little."""
