import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parents[1] / "demo" / "demo.py"


def test_the_demo_shows_what_it_announces() -> None:
    run = subprocess.run([sys.executable, DEMO], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    for shown in ("PROCESSING", "COMPLETE", "saved and checked", "HTTP 403", "AccessDenied", "InvalidSignature"):
        assert shown in run.stdout
    assert "4 pictures of pages; the text can be searched: True" in run.stdout
    assert "20 20 20 20 20 31" in run.stdout
    assert "never refused" in run.stdout
    assert "JobFailed" in run.stdout
