"""What a client keeps: scenarios, and the checks that are held against their runs.

A `scenario` is a situation as a value, written by hand (`scenario_catalogue`) or drawn (`scenario_strategies`), with
faults of `fault_catalogue`. `scenario_runner` runs it with a client at the fake; the `scenario_run` has the fake's log,
the client's report and the file. `client_checks` and `traffic` have the rules; `evaluation` holds them against runs."""
