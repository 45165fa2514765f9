"""Who may: every route states it, nothing is open by accident, and no reader's name stays behind."""

from __future__ import annotations

import re
import threading
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask, g, request

from eventhub.core import access, actors
from eventhub.core.access import RouteWithoutPolicy, actor, may, public, requires, signed_in
from eventhub.core.actors import NOBODY, Actor, ActorKind
from eventhub.core.commands import command
from eventhub.core.db import session
from tests.core.conftest import Another


class Permission(StrEnum):
    READ = "thing.read"
    EDIT = "thing.edit"
    CREATE = "thing.create"
    UNHEARD = "thing.unheard-of"


AMINA = Actor(ActorKind.ACCOUNT, code="AMINA", roles=frozenset({"lead"}))
LINK = Actor(ActorKind.LINK, code="LINK", about=(("thing", "OPEN"),))
ACTORS = {"amina": AMINA, "link": LINK, "": NOBODY}
THINGS = {"OPEN": "open", "LATE": "late", "FOREIGN": "foreign"}


def leads(who: Actor, thing: Any) -> bool:
    return "lead" in who.roles and thing != "foreign"


def in_time(_who: Actor, thing: Any) -> bool:
    return bool(thing == "open")


def is_hers(who: Actor, thing: Any) -> bool:
    return who.kind is ActorKind.LINK and thing == "open"


def load(code: str) -> str | None:
    return THINGS.get(code)


POLICY = {
    Permission.READ: [[leads], [is_hers]],
    Permission.EDIT: [[leads, in_time], [is_hers]],
    Permission.CREATE: [[lambda who, _thing: "lead" in who.roles]],
}


@command
def write() -> str:
    return session().info["actor"].code


def wire(app: Flask) -> None:
    app.extensions["eventhub-policy"] = {**app.extensions["eventhub-policy"], **POLICY}
    seen: list[str] = app.extensions.setdefault("seen", [])

    def identify() -> Actor:
        seen.append(request.path)
        return ACTORS[request.headers.get("X-Who", "")]

    app.extensions["eventhub-identify"] = identify

    @app.get("/<lang:lang>/t/<code>")
    @requires(Permission.READ, load=load)
    def show(thing: str) -> str:
        return f"{thing} {may(Permission.EDIT, thing)} {actors.current().code}"

    @app.post("/<lang:lang>/t/<code>")
    @requires(Permission.EDIT, load=load)
    def edit(thing: str) -> str:
        return write()

    @app.get("/<lang:lang>/t/new")
    @requires(Permission.CREATE)
    def new() -> str:
        return "new"

    @app.get("/<lang:lang>/t/mine")
    @signed_in
    def mine() -> str:
        return actor().code

    @app.route("/<lang:lang>/t/open", methods=["GET", "POST"])
    @public
    def open_() -> str:
        return f"{actors.current().code or 'nobody'} {'actor' in g}"

    @app.get("/<lang:lang>/t/fails")
    @signed_in
    def fails() -> str:
        raise RuntimeError

    access.check(app)


@pytest.fixture
def house(light_app: Flask, another: Another) -> Flask:
    return another(light_app, wire)


def ask(app: Flask, path: str, who: str = "", method: str = "GET") -> tuple[int, str]:
    answer = app.test_client().open(f"/fr/t/{path}", method=method, headers={"X-Who": who})
    return answer.status_code, answer.get_data(as_text=True)


# The application does not start half open -----------------------------------------------------------------------------


def test_a_route_without_a_policy_keeps_the_application_from_starting(light_app: Flask, another: Another) -> None:
    def wire_open(app: Flask) -> None:
        app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")

    made = another(light_app, wire_open)
    with pytest.raises(RouteWithoutPolicy, match=r"/forgotten.*no policy"):
        access.check(made)


def test_a_permission_the_map_does_not_know_keeps_the_application_from_starting(
    light_app: Flask, another: Another
) -> None:
    def wire_unknown(app: Flask) -> None:
        app.add_url_rule("/x", "x", requires(Permission.UNHEARD)(lambda: "x"))

    with pytest.raises(RouteWithoutPolicy, match=r"thing\.unheard-of"):
        access.check(another(light_app, wire_unknown))


def test_a_decorator_between_the_policy_and_the_route_does_not_hide_it(light_app: Flask, another: Another) -> None:
    """A wrapper that forgets its marks must not pass for one that has them, nor the reverse."""

    def wire_wrapped(app: Flask) -> None:
        marked = public(lambda: "x")

        def wrapper() -> str:
            return marked()

        app.add_url_rule("/x", "x", wrapper)

    with pytest.raises(RouteWithoutPolicy):
        access.check(another(light_app, wire_wrapped))


def test_every_alternative_of_the_products_map_has_a_relation_first(light_app: Flask) -> None:
    for permission, alternatives in light_app.extensions["eventhub-policy"].items():
        assert alternatives, f"{permission} can be had in no way"
        for alternative in alternatives:
            assert len(alternative) >= 1
            assert all(callable(predicate) for predicate in alternative)


# Deciding -------------------------------------------------------------------------------------------------------------


def test_nobody_is_asked_to_sign_in_and_brought_back(house: Flask) -> None:
    answer = house.test_client().get("/fr/t/OPEN?day=2")
    assert answer.status_code == 302
    assert "next=/fr/t/OPEN?day%3D2" in answer.location.replace("%2F", "/").replace("%3F", "?")


def test_nobody_learns_from_the_answer_whether_a_thing_exists(house: Flask) -> None:
    assert ask(house, "OPEN")[0] == ask(house, "NONE")[0] == 302


def test_a_form_or_a_program_without_a_name_gets_a_401(house: Flask) -> None:
    assert ask(house, "OPEN", method="POST")[0] == 401


def test_what_does_not_exist_and_what_is_anothers_look_the_same(house: Flask) -> None:
    unknown, foreign = ask(house, "NONE", "amina"), ask(house, "FOREIGN", "amina")
    assert unknown[0] == foreign[0] == 404
    assert _without_reference(unknown[1].replace("NONE", "")) == _without_reference(foreign[1].replace("FOREIGN", ""))


def _without_reference(page: str) -> str:
    return re.sub(r"\b[0-9a-f]{12}\b", "", page)


def test_a_relation_that_is_not_enough_now_is_a_403(house: Flask) -> None:
    assert ask(house, "LATE", "amina", "POST")[0] == 403
    assert ask(house, "OPEN", "amina", "POST")[0] == 200


def test_a_second_alternative_is_as_good_as_the_first(house: Flask) -> None:
    assert ask(house, "OPEN", "link", "POST") == (200, "LINK")
    assert ask(house, "LATE", "link", "POST")[0] == 404


def test_may_says_what_requires_would(house: Flask) -> None:
    assert ask(house, "OPEN", "amina")[1] == "open True AMINA"
    assert ask(house, "LATE", "amina")[1] == "late False AMINA"


def test_signed_in_means_an_account_and_not_a_personal_link(house: Flask) -> None:
    assert ask(house, "mine", "amina") == (200, "AMINA")
    assert ask(house, "mine", "link")[0] == 302


def test_a_permission_without_a_thing_stands_for_itself(house: Flask) -> None:
    assert ask(house, "new", "amina") == (200, "new")
    assert ask(house, "new", "link")[0] == 404


def test_head_is_guarded_like_get_and_options_says_nothing_of_the_thing(house: Flask) -> None:
    for path, who, status in (("OPEN", "", 302), ("FOREIGN", "amina", 404), ("OPEN", "amina", 200)):
        assert ask(house, path, who, "HEAD")[0] == status
    assert ask(house, "OPEN", "", "OPTIONS") == ask(house, "FOREIGN", "amina", "OPTIONS") == (200, "")


def test_an_unknown_method_is_a_405_with_what_is_allowed(house: Flask) -> None:
    answer = house.test_client().delete("/fr/t/OPEN", headers={"X-Who": "amina"})
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


# Nobody's name stays behind -------------------------------------------------------------------------------------------


def test_the_next_request_of_the_same_thread_does_not_inherit_the_reader(house: Flask) -> None:
    for path, method in (("mine", "GET"), ("OPEN", "POST"), ("fails", "GET"), ("FOREIGN", "GET")):
        ask(house, path, "amina", method)
        assert actors.current() is NOBODY
        assert ask(house, "open") == (200, "nobody False")


def test_a_context_that_outlives_a_request_finds_the_next_reader_anew(house: Flask) -> None:
    with house.app_context():
        assert ask(house, "mine", "amina") == (200, "AMINA")
        assert ask(house, "mine", "")[0] == 302
        assert "actor" not in g
        assert "public_page" not in g


def test_readers_in_parallel_threads_are_not_mixed_up(house: Flask) -> None:
    faults: list[str] = []
    ready = threading.Barrier(6)

    def read(who: str, code: str) -> None:
        ready.wait()
        for _ in range(25):
            said = ask(house, "OPEN", who, "POST")[1]
            if said != code:
                faults.append(f"{said} for {code}")

    threads = [threading.Thread(target=read, args=pair) for pair in [("amina", "AMINA"), ("link", "LINK")] * 3]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert faults == []


def test_whoever_writes_is_known_even_where_anyone_may(house: Flask) -> None:
    assert ask(house, "open", "amina", "POST") == (200, "AMINA True")
    assert ask(house, "open", "amina", "GET") == (200, "nobody False"), "a reader is not asked for"


def test_the_sign_in_page_of_the_product_takes_the_way_back(light_app: Flask) -> None:
    client = light_app.test_client()
    answer = client.get("/fr/mine")
    assert answer.status_code == 302
    assert answer.location.startswith("/fr/sign-in?next=")
