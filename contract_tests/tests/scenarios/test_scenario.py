import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipsnack_contract.adapter.messages import CAPABILITIES, OPERATIONS
from flipsnack_contract.scenarios.fault_catalogue import PASSING
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent, expected_outcomes, undisturbed
from flipsnack_contract.scenarios.scenario_catalogue import CATALOGUE, catalogue, named
from flipsnack_contract.scenarios.scenario_strategies import scenarios

ALL = frozenset(CAPABILITIES) | {f"op:{name}" for name in OPERATIONS}

NIGHT = TimelineEvent(after_s=0.01, what="suspend", for_s=28_800)
OVERSLEPT = (TimelineEvent(after_s=2, what="suspend", for_s=900),)


@given(scenarios(ALL))
def test_a_drawn_scenario_survives_being_written_down(scenario: Scenario) -> None:
    """What is played again is what was played."""
    again = msgspec.json.decode(msgspec.json.encode(scenario), type=Scenario)
    assert (scenario, hash(scenario)) == (again, hash(again))


def test_a_scenario_of_the_catalogue_survives_being_written_down() -> None:
    """As a drawn one."""
    written = msgspec.json.encode(CATALOGUE)
    assert CATALOGUE == msgspec.json.decode(written, type=dict[str, Scenario])


@pytest.mark.parametrize("form", ["jsonp", "xml"])
def test_who_reads_no_json_plays_all_that_is_made_for_no_format(form: str) -> None:
    """In the format that it reads; only answers that are made for another format are left out."""
    able = ALL - {"json", "jsonp", "xml"} | {form}
    played = catalogue(able)
    assert {form} == {scenario.format for scenario in played}
    assert len(played) == len(set(played))
    made_for_json = [one for one in CATALOGUE.values() if one.format == "json" and any(f.answers for f in one.faults)]
    told = {msgspec.structs.replace(one, format=form) for one in CATALOGUE.values() if one.format == "json"}
    assert told - {msgspec.structs.replace(one, format=form) for one in made_for_json} <= set(played)


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (Scenario(op="poll", schedule="never", format="xml"), "one poll (xml); op poll; format xml; schedule never"),
        (Scenario(pages=7, deadline_s=None), "drawn; deadline_s none; pages 7"),
        (
            Scenario(deadline_s=29_400, faults=(PASSING["32 once"],), timeline=(NIGHT,)),
            "drawn; deadline_s 29400 s; faults 32 once; timeline suspend for 28800 s after 0.01 s",
        ),
        (Scenario(format="xml", who="wrong-secret"), "a wrong secret; format xml; who wrong-secret"),
    ],
)
def test_a_scenario_is_named_for_the_reader(scenario: Scenario, words: str) -> None:
    """By its name in the catalogue, and by what is unusual in it, in words."""
    name, *fields = words.split("; ")
    assert {"scenario": name, **dict(field.split(" ", 1) for field in fields)} == named(scenario)
    assert list(CATALOGUE) == [named(known)["scenario"] for known in CATALOGUE.values()]


@settings(max_examples=30)
@given(st.data(), st.sets(st.sampled_from(sorted(CAPABILITIES))))
def test_only_what_a_client_can_be_put_into_is_drawn(data: st.DataObject, capabilities: set[str]) -> None:
    """Whatever it declares, as long as it reads some format."""
    able = capabilities | {"json", "op:download"}
    assert data.draw(scenarios(able)).needs <= able


@pytest.mark.parametrize(
    ("scenario", "needs"),
    [
        (Scenario(), {"json", "op:download"}),
        (Scenario(op="poll", format="xml"), {"xml", "op:poll"}),
        (Scenario(schedule="after-5s"), {"json", "op:download", "virtual_sleep"}),
        (Scenario(schedule="never"), {"json", "op:download", "virtual_sleep", "deadline"}),
        (Scenario(cancel_after_s=5), {"json", "op:download", "virtual_sleep", "cancel"}),
        (
            Scenario(schedule="never", timeline=(TimelineEvent(after_s=1, what="fail"),)),
            {"json", "op:download", "virtual_sleep"},
        ),
    ],
)
def test_a_scenario_knows_what_it_needs(scenario: Scenario, needs: set[str]) -> None:
    """So nobody is put into what he never promised."""
    assert needs == scenario.needs


@pytest.mark.parametrize(
    ("scenario", "ends"),
    [
        (Scenario(), {"ok"}),
        (Scenario(schedule="failed"), {"job_failed"}),
        (Scenario(who="wrong-secret", whose="deleted"), {"auth"}),
        (Scenario(who="unknown-key"), {"auth"}),
        (Scenario(whose="foreign"), {"forbidden"}),
        (Scenario(op="poll", schedule="failed"), {"ok"}),
        (Scenario(schedule="never", deadline_s=5), {"deadline"}),
        (Scenario(schedule="after-10s", deadline_s=9), {"deadline"}),
        (Scenario(schedule="after-10s", deadline_s=20), {"ok", "deadline"}),
        (Scenario(schedule="after-10s", deadline_s=100), {"ok"}),
        (Scenario(schedule="after-10s", deadline_s=None), {"ok"}),
        (Scenario(schedule="failed-after-3-polls", deadline_s=150), {"job_failed"}),
        (Scenario(schedule="failed-after-3-polls", deadline_s=100), {"job_failed", "deadline"}),
        (Scenario(schedule="failed-manual"), {"deadline"}),
        (Scenario(schedule="after-10s", deadline_s=5, timeline=OVERSLEPT), {"ok", "deadline"}),
        (Scenario(schedule="after-10s", deadline_s=1, timeline=OVERSLEPT), {"deadline"}),
        (Scenario(schedule="after-10s", deadline_s=600, timeline=OVERSLEPT), {"ok", "deadline"}),
        (Scenario(schedule="after-10s", deadline_s=1200, timeline=OVERSLEPT), {"ok"}),
        (Scenario(schedule="never", timeline=OVERSLEPT), {"deadline"}),
    ],
)
def test_how_it_must_end_follows_from_schedule_and_deadline(scenario: Scenario, ends: set[str]) -> None:
    """Several ends where the deadline is close: nobody is blamed for either."""
    assert ends == expected_outcomes(scenario)
    assert undisturbed(scenario) == (next(iter(ends)) if len(ends) == 1 else None)


def test_what_is_disturbed_has_no_one_end() -> None:
    """A fault, an event, a limit or a cancel may change it."""
    disturbed = [CATALOGUE["31 once"], CATALOGUE["deleted while it is built"], CATALOGUE["one request a minute"]]
    assert [None, None, None, None] == [undisturbed(one) for one in (*disturbed, Scenario(cancel_after_s=5))]
