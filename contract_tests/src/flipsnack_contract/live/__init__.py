"""The API itself, judged carefully: reads only, paced, within a budget of calls that is told before, resumable."""
