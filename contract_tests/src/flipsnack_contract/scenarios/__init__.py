"""What a client keeps: scenarios, and the checks that are held against their runs.

A `scenario` is a situation as a value: `scenario_catalogue` has those written by hand, `scenario_strategies` draws
others, both with the faults of `fault_catalogue`. `scenario_runner` runs one with a client at the fake; the
`scenario_run` has the fake's log, the client's report and the file. `client_checks` and `traffic_checks` are the
rules; `evaluation` holds them against runs and shrinks a broken one; `artifacts` writes the files about it."""
