"""A server under pytest: outcomes, texts, exit codes and JUnit."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from flipsnack_contract.plugin.judged import NotJudgeable
from flipsnack_contract.plugin.server import trust
from flipsnack_contract.target.target import HttpTarget, Request
from flipsnack_mock.testing import MockServer

Judge = Callable[..., pytest.RunResult]
LIVES = "url.lives-60s"


@pytest.fixture
def junit(tmp_path: Path) -> Path:
    """Where JUnit is written."""
    return tmp_path / "junit.xml"


def test_a_kept_rule_passes_and_the_report_names_what_was_judged(judge: Judge, junit: Path) -> None:
    """Target and kit with their versions, date, seed, command and duration, before and after."""
    run = judge("--flipsnack-app=servers:right", "-k", "code.41", "--flipsnack-seed=7", f"--junitxml={junit}")
    run.assert_outcomes(passed=2)
    assert 0 == run.ret
    assert any(line.startswith("flipsnack_contract ..") for line in run.outlines)
    told = run.stdout.str()
    for name in ("judged", "kit", "date", "seed", "command"):
        assert 2 == sum(line.startswith(name) for line in told.splitlines()), name
    assert "servers:right (flipsnack-mock " in told
    run.stdout.re_match_lines([r"seed +7", r"result +1 rule: 1 passed; \d+ examples in \d+\.\d s"])
    properties = {one.get("name"): one.get("value") for one in etree.parse(junit).iter("property")}
    assert {"judged", "kit", "date", "seed", "command", "result"} <= properties.keys()


def test_a_run_that_selects_nothing_names_what_there_is(judge: Judge) -> None:
    run = judge("--flipsnack-app=servers:right", "-k", "nonsense")
    assert 5 == run.ret
    run.stdout.fnmatch_lines(["nothing was selected; names are request.path/*, …: --collect-only -q lists all"])


def test_a_broken_must_fails_and_says_how_to_see_it_again(judge: Judge, junit: Path) -> None:
    """Rule, finding, values, steps in words, and one ready command; in JUnit as a failure of the rule."""
    run = judge(
        "--flipsnack-app=servers:long_lived", "-k", f"{LIVES}/a-url", "--flipsnack-seed=3", f"--junitxml={junit}"
    )
    run.assert_outcomes(failed=1)
    assert 1 == run.ret
    run.stdout.re_match_lines(
        [
            rf"FAILED  {LIVES}  \({LIVES}/a-url-lives-exactly-a-minute\)",
            r"  rule    A resource URL",
            r"  found   .*expected False, got True",
            r"  with    \w+ = ",
            r"  steps   ",
            rf"  replay  pytest .* --flipsnack-app=servers:long_lived --flipsnack-seed=3 -k {LIVES}/a-url-lives",
            rf"  more    flipsnack-contract explain {LIVES}",
        ]
    )
    assert '{"code"' not in run.stdout.str()
    (again,) = (line for line in run.outlines if line.startswith("  replay"))
    assert (1, 0) == (again.count(" -k "), again.count("junitxml"))
    (case,) = etree.parse(junit).iter("testcase")
    assert LIVES == case.get("name")
    assert "expected False, got True" in str(case[0].get("message"))


@pytest.mark.parametrize(("strict", "code", "outcome"), [((), 0, "warned"), (("--flipsnack-strict",), 1, "failed")])
def test_a_broken_should_counts_only_when_that_is_asked_for(
    strict: tuple[str, ...], code: int, outcome: str, judge: Judge
) -> None:
    """It is told all the same."""
    run = judge("--flipsnack-app=servers:without_ranges", "-k", "url.ranges", *strict)
    assert code == run.ret
    assert f"1 rule: 1 {outcome};" in run.stdout.str()
    assert f"{outcome.upper()}  url.ranges" in run.stdout.str()


def test_what_needs_a_capability_is_skipped_by_its_name_and_proves_nothing(judge: Judge) -> None:
    """A run in which nothing was judged has a code of its own."""
    run = judge("--flipsnack-app=servers:right", "-k", "any-bytes-on-the-wire")
    run.assert_outcomes(skipped=1)
    assert 14 == run.ret
    run.stdout.fnmatch_lines(["SKIPPED needs socket:", "*request.any-bytes/any-bytes-on-the-wire-are-survived"])


def test_what_cannot_be_judged_is_an_error_and_no_failure(judge: Judge, junit: Path) -> None:
    """Nothing is known of the rule, and the code says why."""
    run = judge("--flipsnack-app=servers:refusing", "-k", "code.41", f"--junitxml={junit}")
    run.assert_outcomes(errors=2)
    assert 10 == run.ret
    run.stdout.fnmatch_lines(["UNREACHABLE  code.41 *", "  found *the control plane answered 503: no"])
    assert ["error"] == [case[0].tag for case in etree.parse(junit).iter("testcase")]


def test_an_error_of_the_kit_is_told_as_one(judge: Judge, pytester: pytest.Pytester) -> None:
    """It is no failure of the rule: the code says that the kit is wrong, the text where."""
    pytester.makepyfile(
        mistaken="""
        from dataclasses import replace

        def pytest_collection_modifyitems(items):
            items[0].part = replace(items[0].part, judge=lambda: 1 / 0)
        """
    )
    run = judge("--flipsnack-app=servers:right", "-p", "mistaken", "--flipsnack-rule=code.41")
    run.assert_outcomes(passed=1, errors=1)
    assert 12 == run.ret
    run.stdout.fnmatch_lines(["INTERNAL  code.41 *", "*ZeroDivisionError: division by zero", "*1 rule: 1 internal;*"])


def test_what_was_judged_before_ctrl_c_is_summed_up(judge: Judge, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        interrupting="""
        from dataclasses import replace

        def interrupt():
            raise KeyboardInterrupt

        def pytest_collection_modifyitems(items):
            items[1].part = replace(items[1].part, judge=interrupt)
        """
    )
    run = judge("--flipsnack-app=servers:html", "-p", "interrupting", "--flipsnack-rule=code.4")
    assert 2 == run.ret
    run.stdout.fnmatch_lines(["*flipsnack contract*", "FAILED  code.4*", "result*1 rule: 1 failed*"])


def test_what_a_server_says_is_cleaned_and_cut(judge: Judge, pytester: pytest.Pytester) -> None:
    """It could steer the terminal."""
    pytester.makepyfile(
        rude="""
        def rude():
            def served(environ, start):
                start("200 OK", [("Content-Type", "text/plain"), ("Server", "\\x1b[2J" + "x" * 10_000)])
                return [b"\\x1b]0;title\\x07" + b"y" * 1_000_000]
            return served
        """
    )
    told = judge("--flipsnack-app=rude:rude", "--flipsnack-rule=code.41").stdout.str()
    assert "code.41" in told
    assert (False, False) == ("\x1b]" in told, "\x1b[2J" in told)
    assert max(map(len, told.splitlines())) < 1100


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_may_be_named_as_for_requests(variable: str) -> None:
    """Beside SSL_CERT_FILE and SSL_CERT_DIR, which OpenSSL reads."""
    with MockServer(tls=True) as secure:
        trusted = trust({variable: secure.ca_file})
        with HttpTarget(secure.base_url, trust=trusted) as target:
            assert 200 == target.send(Request("GET", secure.base_url)).status
    with pytest.raises(NotJudgeable, match=r"/nonexistent\.pem, named by .*No such file"):
        trust({variable: "/nonexistent.pem"})


def test_failures_with_one_cause_are_told_once(judge: Judge, junit: Path) -> None:
    """The rest is named."""
    run = judge("--flipsnack-app=servers:html", "-k", "code.41 or code.44", f"--junitxml={junit}")
    assert 1 == run.ret
    told = run.stdout.str()
    assert 1 == told.count("\n  replay ")
    assert "  also    " in told
    assert ["code.41", "code.44"] == [case.get("name") for case in etree.parse(junit).iter("testcase")]


def test_rules_are_selected_by_the_beginning_of_their_ids(judge: Judge) -> None:
    """Beside pytest's own ways to select."""
    run = judge("--flipsnack-app=servers:right", "--flipsnack-rule=code.4", "--collect-only", "-q")
    ids = [line.partition("::")[2] for line in run.outlines if "::" in line]
    assert ids
    assert {"code.4"} == {name[:6] for name in ids}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name one thing to judge"),
        (("--flipsnack-app=a:b", "--flipsnack-client=c"), "name one thing to judge"),
        (("--flipsnack-base-url=ftp://x/",), "'ftp://x/' is not an address of the API; expected http://…/v1/"),
        (("--flipsnack-app=nothing",), "or module:factory for an app"),
        (
            ("--flipsnack-app=servers:right", "--flipsnack-examples=0"),
            "--examples is 0: expected a whole number of 1 or more",
        ),
        (("--flipsnack-app=servers:right", "--flipsnack-rule=x"), "no rule begins with 'x'"),
        (("--flipsnack-app=servers:right", "--flipsnack-rule=client."), "no check of a server is for client."),
        (("--flipsnack-app=servers:right", "--flipsnack-known=gone"), "gone: No such file"),
        (("--flipsnack-client=x", "--flipsnack-mode=exec"), "{collection}"),
        (("--flipsnack-recording=gone.har",), "gone.har: No such file"),
        (("--flipsnack-app=servers:right", "--flipsnack-read-only", "-n2"), "--read-only keeps both limits of one key"),
    ],
)
def test_wrong_usage_ends_in_4_and_says_what_was_expected(words: tuple[str, ...], says: str, judge: Judge) -> None:
    """As in pytest."""
    run = judge(*words)
    assert 4 == run.ret
    assert says in run.stderr.str()


def test_half_a_pair_of_credentials_is_wrong_usage(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key without its secret is a slip."""
    monkeypatch.setenv("FLIPSNACK_API_KEY", "test-half")
    monkeypatch.delenv("FLIPSNACK_SECRET", raising=False)
    run = judge("--flipsnack-app=servers:right")
    assert (4, True) == (run.ret, "FLIPSNACK_API_KEY and FLIPSNACK_SECRET belong together" in run.stderr.str())


def test_a_server_that_does_not_answer_is_not_judged(judge: Judge) -> None:
    """One line says why, and how to start the fake."""
    run = judge("--flipsnack-base-url=http://127.0.0.1:1/v1/")
    assert 10 == run.ret
    assert "`flipsnack-mock serve` starts the fake" in run.stdout.str() + run.stderr.str()


def test_the_summary_for_github_is_appended(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the job has one."""
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    judge("--flipsnack-app=servers:long_lived", "-k", f"{LIVES}/a-url")
    lines = file.read_text().splitlines()
    assert ["before", "### Contract of the Flipsnack API: server"] == lines[:2]
    assert any(line.startswith(f"FAILED  {LIVES}  ") for line in lines)


def test_a_read_only_run_prints_its_plan_and_keeps_to_its_budget(judge: Judge) -> None:
    """What the budget cannot finish is skipped, and says so."""
    run = judge(
        "--flipsnack-app=servers:right", "--flipsnack-read-only", "--flipsnack-budget=8", "-k", "code.41 or code.30"
    )
    assert 0 == run.ret, run.stdout.str()
    run.stdout.re_match_lines([r"read-only: \d+ checks, at most \d+ calls, in \d+ s or more; never more than 5"])
    run.stdout.fnmatch_lines(["SKIPPED budget: the check makes more calls than are left*"])


def test_the_plugin_leaves_other_runs_alone(pytester: pytest.Pytester) -> None:
    """Loaded by a suite that does not name the package, it does nothing."""
    pytester.makepyfile("def test_nothing(): pass")
    run = pytester.runpytest_inprocess("-p", "flipsnack_contract.plugin", "-p", "no:cacheprovider")
    run.assert_outcomes(passed=1)
    assert "flipsnack contract" not in run.stdout.str()
