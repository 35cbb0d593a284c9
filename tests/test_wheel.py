import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

# One worker makes the environments.
pytestmark = pytest.mark.wheel


def _run(*command: str | Path, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def _done(*command: str | Path) -> str:
    run = _run(*command)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def _environment(folder: Path, requirement: str) -> Path:
    """A fresh environment that holds `requirement` and nothing else; returns its folder of programs."""
    _done(sys.executable, "-m", "venv", "--without-pip", folder)
    programs, constraints = folder / "bin", REPOSITORY / "constraints.txt"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-compile")
    _done(*pip, "--constraint", constraints, requirement)
    return programs


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, built from this repository."""
    folder = tmp_path_factory.mktemp("dist")
    _done(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, REPOSITORY)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _environment(tmp_path_factory.mktemp("base"), str(wheel))


@pytest.fixture(scope="module")
def full(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _environment(tmp_path_factory.mktemp("full"), f"{wheel}[mock,contract]")


@pytest.mark.parametrize("command", ["flipsnack", "flipsnack-mock", "flipsnack-contract"])
@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_every_command_runs_from_the_wheel(full: Path, command: str, flag: str) -> None:
    assert command in _done(full / command, flag)


def test_the_client_needs_no_extra(base: Path) -> None:
    assert "download" in _done(base / "flipsnack", "--help")


@pytest.mark.parametrize(
    ("extra", "arguments"),
    [
        ("mock", ["serve"]),
        ("mock", ["settings", "--help"]),
        ("contract", ["list"]),
        ("contract", ["server", "http://127.0.0.1:1/v1/"]),
    ],
)
def test_a_command_without_its_extra_names_it_in_one_line(base: Path, extra: str, arguments: list[str]) -> None:
    """Exit status 1, and what to install; the list of the commands needs no extra."""
    assert "Commands:" in _done(base / f"flipsnack-{extra}", "--help")
    run = _run(base / f"flipsnack-{extra}", *arguments)
    assert (1, "") == (run.returncode, run.stdout)
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"error: flipsnack-{extra} needs ")
    assert line.endswith(f"install its extra: pip install 'flipsnack-kit[{extra}]'")


def test_the_fake_for_tests_names_its_extra_where_it_is_missing(base: Path) -> None:
    run = _run(base / "python", "-c", "import flipsnack_mock.testing")
    assert run.returncode == 1
    assert "ImportError: flipsnack_mock needs" in run.stderr
    assert "pip install 'flipsnack-kit[mock]'" in run.stderr


def test_pytest_finds_the_fixtures_where_the_wheel_is_installed(full: Path, tmp_path: Path) -> None:
    """Without a warning, also in a program that has imported the packages before it starts pytest."""
    (tmp_path / "test_own.py").write_text("def test_own(flipsnack_account): assert flipsnack_account.key\n")
    (tmp_path / "run.py").write_text(
        "import sys, flipsnack_client, flipsnack_contract, flipsnack_mock, pytest\n"
        "sys.exit(pytest.main(['-W', 'error']))\n"
    )
    run = _run(full / "python", "run.py", cwd=tmp_path)
    assert run.returncode == 0, run.stdout
    assert "1 passed" in run.stdout


def test_no_generic_name_lands_in_site_packages(base: Path) -> None:
    files = _done(
        base / "python",
        "-c",
        "from importlib.metadata import files\nfor file in files('flipsnack-kit'): print(file)",
    ).split()
    installed = {file.split("/")[0] for file in files if not file.startswith("../")}
    assert {"flipsnack_client", "flipsnack_contract", "flipsnack_mock"} == {
        name for name in installed if not name.endswith(".dist-info")
    }


@pytest.mark.parametrize("package", ["flipsnack_client", "flipsnack_contract", "flipsnack_mock"])
def test_every_package_is_typed_and_complete(full: Path, package: str) -> None:
    (source,) = REPOSITORY.glob(f"*/src/{package}")
    (installed,) = full.parent.glob(f"lib/python*/site-packages/{package}")
    expected = {path.relative_to(source) for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert Path("py.typed") in expected
    assert set() == expected - {path.relative_to(installed) for path in installed.rglob("*")}


def test_the_fake_serves_from_the_wheel(full: Path, tmp_path: Path) -> None:
    """Installed, the fake finds its data and answers a client that is installed beside it."""
    script = tmp_path / "both.py"
    script.write_text(
        "from flipsnack_client import Flipsnack\n"
        "from flipsnack_mock.testing import MockServer\n"
        "with MockServer() as fake:\n"
        "    client = Flipsnack('test-wheel', 'secret-test-wheel', base_url=fake.base_url)\n"
        "    print(client.download_html('mock-immediate').save('package.zip'))\n"
        "    print(len(fake.admin.rules()['rule']), 'rules')\n"
    )
    run = _run(full / "python", script, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert " rules" in run.stdout
    assert zipfile.is_zipfile(tmp_path / "package.zip")
