"""What leads to people besides their ids."""

import msgspec

from hubbub.chat import leads
from hubbub.chat.facts import fact_of
from hubbub.chat.lookalikes import look_alike
from hubbub.chat.people import Device, Held, Profile

ANN = Profile("ANNI", "guest", 1, 1, (Device("1", "x", 1), Device("2", "y", 1)))


def test_people_are_found_by_devices_and_looks() -> None:
    fact = fact_of("person/1", ANN, by="", at=1)
    assert leads.leads_to(fact) == ["look anni", "look annl", "device x", "device y"]
    assert leads.is_of_guest(fact)
    member = Profile("ann", "member", 1, 1)
    assert leads.leads_to(fact_of("person/1", member, by="", at=1)) == ["look ann"]
    assert not leads.is_of_guest(fact_of("person/1", member, by="", at=1))


def test_names_that_look_alike_have_a_lead_in_common() -> None:
    for one, other in (("ann", "аnn"), ("b0b", "bOb"), ("ANNI", "ANNl"), ("rn", "m")):
        assert look_alike(one, other)
        assert set(leads.of_looks(one)) & set(leads.of_looks(other))
    assert not set(leads.of_looks("ann")) & set(leads.of_looks("bob"))


def test_nothing_leads_to_what_is_nobody() -> None:
    for key, value in (("name/ann", Held("1")), ("person/1", None), ("person/1", Held("1"))):
        assert leads.leads_to(fact_of(key, value, by="", at=1)) == []
    assert (
        leads.leads_to(msgspec.structs.replace(fact_of("person/1", ANN, by="", at=1), key="x"))
        == []
    )


def test_the_rules_name_the_tables_that_they_come_from() -> None:
    assert leads.rules() == leads.rules()
    assert len(leads.rules().split()) == 3
