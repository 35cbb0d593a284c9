import re
import subprocess
import sys

import pytest

from flipsnack_mock.testing import MockServer

PLUGIN = ("-p", "flipsnack_mock.pytest_plugin", "-p", "no:cacheprovider", "-p", "xdist")


@pytest.fixture(autouse=True)
def only_this_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inner runs load no plugin that happens to be installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


SUITE = """
    from flipsnack_mock.testing.pdf import make_pdf

    def test_an_account_of_its_own(flipsnack_account, flipsnack_server):
        assert flipsnack_account.key.startswith("test-")
        assert flipsnack_server.base_url.endswith("/v1/")

    def test_the_clock_moves_the_job(flipsnack_call, flipsnack_clock):
        ask = lambda: flipsnack_call("collection.downloadHTML", collectionHash="mock-after-30s")["data"]["status"]
        before = ask()
        flipsnack_clock.advance(30)
        assert ("PROCESSING", "COMPLETE") == (before, ask())

    def test_a_fault_meets_this_account(flipsnack_call, flipsnack_faults):
        flipsnack_faults.add("code", code=22, count=1)
        codes = [flipsnack_call("collection.downloadHTML", collectionHash="mock-complete")["code"] for _ in range(2)]
        assert [22, 20] == codes

    def test_a_document_is_uploaded_and_its_life_is_steered(flipsnack_call, flipsnack_account):
        made = flipsnack_call("collection.create", file=("mock-manual.pdf", make_pdf(3)), title="Spring")["data"]
        assert ("Spring", "processing") == (made["collectionTitle"], made["flipbooks"][0]["flipbookStatus"])
        named = made["collectionHash"]
        assert 38 == flipsnack_call("collection.update", collectionHash=named, title="Summer")["code"]
        flipsnack_account.collections.convert(named, "complete")
        assert 20 == flipsnack_call("collection.update", collectionHash=named, title="Summer")["code"]
        flipsnack_account.collections.set_statistics(named, [{"date": "2024-01-31", "views": 7}])
        assert 7 == flipsnack_call("collection.getStats", collectionHash=named)["data"]["views"]
        flipsnack_account.set_uploads(1_000)
        assert 33 == flipsnack_call("collection.create", fileUrl="http://a.test/b.pdf")["code"]
        flipsnack_account.requests.verify(exactly=1, file_name="mock-manual.pdf", file_size=len(make_pdf(3)))

    def test_a_client_is_pointed_at_the_account(flipsnack_environment, flipsnack_account):
        import os
        assert flipsnack_account.key == os.environ["FLIPSNACK_API_KEY"]
        assert flipsnack_environment["FLIPSNACK_SECRET"] == "secret-" + flipsnack_account.key
"""

# Each test uses up the minute's requests of its account: if another test could see that, it would be refused.
GREEDY = """
    import pytest

    @pytest.mark.parametrize("number", range(2))
    def test_nobody_else_is_here(number, flipsnack_call, flipsnack_clock, flipsnack_account):
        flipsnack_clock.freeze()
        for second in range(12):
            codes = [flipsnack_call("collection.downloadHTML", collectionHash="mock-never")["code"] for _ in range(6)]
            assert [20] * 5 + [31] == codes
            flipsnack_clock.advance(1)
        assert 32 == flipsnack_call("collection.downloadHTML", collectionHash="mock-never")["code"]
        assert 60 == flipsnack_account.jobs.show("mock-never")["polls"]
"""

# A client whose key cannot be changed: each worker is a tenant by its path. Everything that one server shares is used.
ONE_KEY = """
    import os
    import pytest
    from flipsnack_client import ApiError, Flipsnack
    from flipsnack_mock.testing import AdminClient

    KEY, SECRET = "LK12NS-0-IOBW3S89VVJH12Z", "123ABCDE-456-7890-FGH"
    TENANT = os.environ["PYTEST_XDIST_WORKER"]

    @pytest.mark.parametrize("number", range(2))
    def test_nobody_else_is_here(number):
        admin = AdminClient(os.environ["FAKE"], namespace=TENANT)
        admin.reset()
        account = admin.account(KEY)
        account.clock.freeze()
        with Flipsnack(KEY, SECRET, base_url=f"{os.environ['FAKE']}/t/{TENANT}/v1/") as client:
            poller = client.download_html("d3m0h45h")
            states = [poller.poll_once().status.value for _ in range(3)]
            account.clock.advance(5)
            states.append(poller.poll_once().status.value)
        assert ["PROCESSING", "PROCESSING", "PROCESSING", "COMPLETE"] == states
        admin.maintenance(on=True)
        admin.maintenance(on=False)
        assert 4 == account.requests.count()
        assert 2 == len(admin.accounts())
        admin.close()
"""


LINTED = """
    import pytest

    def poll_without_a_pause(call):
        for _ in range(3):
            call("collection.downloadHTML", collectionHash="mock-processing")

    def test_too_fast(flipsnack_call):
        poll_without_a_pause(flipsnack_call)

    @pytest.mark.flipsnack_lint(False)
    def test_exempted(flipsnack_call):
        poll_without_a_pause(flipsnack_call)

    def test_slow_enough(flipsnack_call, flipsnack_clock):
        flipsnack_call("collection.downloadHTML", collectionHash="mock-processing")
        flipsnack_clock.advance(5)
        flipsnack_call("collection.downloadHTML", collectionHash="mock-processing")
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_suite_has_all_it_needs_from_the_plugin_and_each_worker_a_fake(
    pytester: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    pytester.makepyfile(SUITE)
    pytester.runpytest_subprocess(*PLUGIN, *workers).assert_outcomes(passed=5)


def test_two_suites_at_once_on_one_server_cannot_tell(pytester: pytest.Pytester) -> None:
    """Two pytest runs, each with two workers, use up the limits of their accounts on one server, and all pass."""
    path = pytester.makepyfile(GREEDY)
    with MockServer() as server:
        command = [sys.executable, "-m", "pytest", "-q", *PLUGIN, "-n", "2", "--flipsnack-url", server.url, str(path)]
        runs = [subprocess.Popen(command, cwd=path.parent, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        outputs = [run.communicate(timeout=120)[0] for run in runs]
        left = [account["key"] for account in server.admin.accounts() if account["key"].startswith("test-")]
    assert [0, 0] == [run.returncode for run in runs], outputs
    assert [] == left


def test_two_suites_with_one_key_cannot_tell_by_their_paths(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of two workers runs the whole suite with the same key below a path of its own; they reset all they see."""
    pytester.makepyfile(ONE_KEY)
    with MockServer() as server:
        monkeypatch.setenv("FAKE", server.url)
        ran = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "xdist", "-n", "2", "--dist", "each")
        ran.assert_outcomes(passed=4)
        assert {"gw0", "gw1"} == set(server.admin.namespaces())
        assert 0 == server.admin.account("LK12NS-0-IOBW3S89VVJH12Z").requests.count()


@pytest.mark.parametrize(
    ("flags", "ini", "failed"), [(["--flipsnack-lint"], "false", 1), ([], "true", 1), ([], "false", 0)]
)
def test_linting_fails_the_test_of_a_client_that_broke_a_rule(
    pytester: pytest.Pytester, flags: list[str], ini: str, failed: int
) -> None:
    """Once, with the rule's name; by option or configuration, off by default, and a marker exempts a test."""
    pytester.makepyfile(LINTED)
    pytester.makeini(f"[pytest]\nflipsnack_lint = {ini}\n")
    result = pytester.runpytest_subprocess(*PLUGIN, *flags)
    result.assert_outcomes(passed=3 - failed, failed=failed)
    # In CI pytest's short summary repeats the whole message.
    assert failed == result.stdout.str().partition("short test summary")[0].count("SHOULD client.poll-interval")


BROKEN = """
    import pytest

    @pytest.fixture
    def client_fixture_that_fails(flipsnack_call):
        flipsnack_call("collection.downloadHTML", collectionHash="seen-in-setup")
        raise RuntimeError

    def test_verify(flipsnack_call, flipsnack_account):
        flipsnack_account.settings(requests_per_second=0, requests_per_minute=0)
        flipsnack_call("collection.downloadHTML", collectionHash="mock-complete")
        for _ in range(60):
            flipsnack_call("collection.downloadHTML", collectionHash=flipsnack_account.secret)
        flipsnack_account.requests.verify(exactly=2, hash="mock-complete", after={"code": 43})

    def test_setup(client_fixture_that_fails):
        pass

    def test_passes(flipsnack_call):
        flipsnack_call("collection.downloadHTML", collectionHash="not-told")

    def test_refusal(flipsnack_faults):
        flipsnack_faults.add("dely")
"""


def test_a_failure_carries_the_requests_of_its_test_and_hides_our_frames(pytester: pytest.Pytester) -> None:
    """At most 50, as the log prints them; a test that passed has no such section."""
    pytester.makepyfile(BROKEN)
    ran = pytester.runpytest_subprocess(*PLUGIN)
    ran.assert_outcomes(passed=1, failed=2, errors=1)
    text = ran.stdout.str()
    assert 3 == text.count(" flipsnack requests --")
    assert "11 earlier requests" in text
    lines = re.findall(r"^[\d:.]+ r\d+ GET collection.downloadHTML code 43 HTTP 200 .* the account has no", text, re.M)
    assert 50 + 1 == len(lines)
    assert "'seen-in-setup'" in text
    assert "not-told" not in text
    assert "requests with hash='mock-complete' after code=43: expected exactly 2, found 0" in text
    assert "did you mean delay?" in text
    assert "secret-test-" not in text
    assert "flipsnack_mock/testing" not in text
    assert "During handling" not in text


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense"])
def test_a_url_without_a_fake_is_told_in_one_sentence(pytester: pytest.Pytester, url: str) -> None:
    pytester.makepyfile(SUITE)
    ran = pytester.runpytest_inprocess(*PLUGIN[:4], "--flipsnack-url", url)
    assert pytest.ExitCode.USAGE_ERROR == ran.ret
    [line] = [line for line in ran.stdout.lines if "http" in line]
    assert f"--flipsnack-url {url}: " in line


USES_NOTHING = """
    import sys

    def test_own():
        assert {"flipsnack_mock.pytest_plugin", "flipsnack_contract.plugin.hooks"} <= set(sys.modules)
        ours = ("flask", "msgspec", "flipsnack_mock.testing", "flipsnack_contract.plugin.run")
        assert [] == [name for name in ours if name in sys.modules]
"""


def test_a_suite_that_uses_none_of_it_pays_nothing_for_what_is_installed(pytester: pytest.Pytester) -> None:
    """pytest finds both plugins, and they import neither the fake nor the kit."""
    pytester.makepyfile(USES_NOTHING)
    found = ("-p", "flipsnack_mock.pytest_plugin", "-p", "flipsnack_contract.plugin")
    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *found)
    ran.assert_outcomes(passed=1)


WITHOUT_EXTRAS = """
    import sys

    sys.modules |= dict.fromkeys(["flask", "hypothesis", "msgspec", "uvicorn"])
    import pytest

    found = ("flipsnack_mock.pytest_plugin", "flipsnack_contract.plugin", "no:cacheprovider")
    sys.exit(pytest.main([*(f"-p{name}" for name in found), *sys.argv[1:]]))
"""


def test_where_only_the_client_is_installed_what_is_missing_is_told_when_it_is_used(pytester: pytest.Pytester) -> None:
    program = pytester.makepyfile(run=WITHOUT_EXTRAS)
    pytester.makepyfile("def test_own(): pass", test_fake="def test_fake(flipsnack_account): pass")
    ran = pytester.runpython(program)
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.re_match_lines([r"flipsnack_mock needs flask, .*'flipsnack-kit\[mock\]'$"])
    assert "Traceback" not in ran.stdout.str()
    judging = pytester.run(sys.executable, program, "--pyargs", "flipsnack_contract")
    assert pytest.ExitCode.USAGE_ERROR == judging.ret
    judging.stderr.re_match_lines([r".* needs hypothesis and msgspec; .*'flipsnack-kit\[contract\]'$"])


def test_the_plugins_are_found_and_may_be_named_as_well(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `-p`, or by `pytest_plugins` in conftest.py, as before they were found."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makeconftest('pytest_plugins = ["flipsnack_mock.pytest_plugin", "flipsnack_contract.plugin"]')
    pytester.makepyfile("def test_own(flipsnack_account): assert flipsnack_account.key")
    ran = pytester.runpytest_subprocess("-W", "error", *PLUGIN[:2], "-p", "flipsnack_contract.plugin")
    ran.assert_outcomes(passed=1)
