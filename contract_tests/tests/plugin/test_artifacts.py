import subprocess
from pathlib import Path

import msgspec
import pytest
from contract_tests.tests.scenarios.builders import DOWNLOADED, call, scenario_run

from flipsnack_contract.adapter.messages import Client
from flipsnack_contract.plugin.artifacts import VERSION, BadReplay, Replay, curl_lines, read_replay, write_artifacts
from flipsnack_contract.scenarios.scenario import Scenario

REPLAY = Replay(
    version=VERSION,
    check="client.success/an-undisturbed-job-succeeds",
    rule="client.success",
    message="expected ok, got transport",
    client=Client(name="acme", version="2", language="go"),
    scenario=Scenario(schedule="after-5s", secret="é"),
)


def test_what_is_left_behind_can_be_read_again(tmp_path: Path) -> None:
    """In a folder named for the check."""
    folder = write_artifacts(tmp_path, REPLAY, scenario_run(*DOWNLOADED), archive=b"{}")
    assert tmp_path / "client.success-an-undisturbed-job-succeeds" == folder
    assert ["exchange.har", "replay.json", "requests.sh", "steps.txt"] == sorted(path.name for path in folder.iterdir())
    assert REPLAY == read_replay(folder / "replay.json")
    assert REPLAY.message in (folder / "steps.txt").read_text()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *((text, "is not a replay") for text in ("", "{}", "[]", '{"version": 1}', "\udcff")),
        (msgspec.json.encode(msgspec.structs.replace(REPLAY, version=1)).decode(), "is of version 1; this kit reads 3"),
    ],
)
def test_a_file_that_is_not_a_replay_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """The file is named. In one of another version the same words may mean something else."""
    file = tmp_path / "replay.json"
    file.write_text(text, errors="surrogateescape")
    with pytest.raises(BadReplay, match=rf"replay\.json {why}"):
        read_replay(file)


def test_each_request_is_a_curl_line_without_signature() -> None:
    """Quoted for a shell, whatever a key or a hash holds; what changes from call to call stands in variables."""
    hostile = {"action": "a b$", "apiKey": "a'b$(x)`y`", "collectionHash": "é\"'\\ $HOME", "signature": "***"}
    lines = curl_lines(scenario_run(call(params=hostile, method="POST"), DOWNLOADED[1]))
    assert lines[1].startswith("curl --request POST --data-urlencode 'action=a b$' --data-urlencode ")
    assert ' --data-urlencode "signature=$SIGNATURE" ' in lines[1]
    assert lines[2].startswith('curl --remote-name "$RESOURCE_URL"')
    assert "***" not in "".join(lines)
    subprocess.run(["bash", "-n"], input="\n".join(lines), text=True, check=True)
