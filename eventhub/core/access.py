"""The engine of access. Rooms own predicates and permissions; `eventhub/policy.py` maps one to the other; this module
decides, and keeps an application from starting that has a route without a policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for

from . import actors
from .actors import Actor

View = TypeVar("View", bound=Callable[..., Any])
Predicate = Callable[[Actor, Any], bool]
Alternatives = Sequence[Sequence[Predicate]]
Policy = Mapping[StrEnum, Alternatives]
"""Permission → alternatives; an alternative holds when all its predicates hold. The first predicate of each says how
the actor stands to the thing (its organiser, its lead, the person itself); the others say when that is enough."""

MARK = "__eventhub_policy__"
ABOUT_ONE_READER = ("actor", "public_page", "_login_user")
"""What `g` holds of one request; the last is the sign-in library's."""


class RouteWithoutPolicy(RuntimeError):
    """A route says nothing about who may use it: the application does not start."""


def public(view: View) -> View:
    """Anyone may use the route."""
    setattr(view, MARK, "public")
    return view


def signed_in(view: View) -> View:
    """Anyone with an account may use the route."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not actor().signed_in:
            return ask_to_sign_in()
        return view(*args, **kwargs)

    setattr(guarded, MARK, "signed in")
    return cast(View, guarded)


def requires(permission: StrEnum, *, load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """The route needs a permission on the thing its address names.

    `load` takes the address's parts and returns the thing, found through what owns it, or None (404). It is passed to
    the view in their place. Without `load` the permission stands for itself. Nobody known: asked to sign in. No
    relation to the thing: 404, as if it did not exist. A relation, but not enough of one now: 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**parts: Any) -> Any:
            if not actor().known:
                return ask_to_sign_in()
            thing = load(**parts) if load is not None else None
            if load is not None and thing is None:
                abort(404)
            decide(permission, thing)
            return view(thing) if load is not None else view(**parts)

        setattr(guarded, MARK, str(permission))
        return cast(View, guarded)

    return decorate


def decide(permission: StrEnum, thing: Any) -> None:
    """Return if the present actor has the permission on the thing; else abort with 404 or 403."""
    who = actor()
    related = False
    for alternative in _policy()[permission]:
        if alternative[0](who, thing):
            related = True
            if all(predicate(who, thing) for predicate in alternative[1:]):
                return
    abort(403 if related else 404)


def may(permission: StrEnum, thing: Any = None) -> bool:
    """Whether the present actor has the permission: for menus and buttons, never instead of `requires`."""
    who = actor()
    return who.known and any(
        all(predicate(who, thing) for predicate in alternative) for alternative in _policy()[permission]
    )


def actor() -> Actor:
    """Who acts in this request, found once and only when somebody asks: a public page never does."""
    if "actor" not in g:
        identify: Callable[[], Actor] = current_app.extensions.get("eventhub-identify", lambda: actors.NOBODY)
        g.actor = identify()
        g.actor_scope = actors.acting(g.actor)
        g.actor_scope.__enter__()
    return cast(Actor, g.actor)


def ask_to_sign_in() -> Any:
    """A reader is sent to the sign-in page and brought back; a program or a form gets a plain 401."""
    if request.method not in ("GET", "HEAD"):
        abort(401)
    back = request.full_path if request.query_string else request.path
    return redirect(url_for("accounts.sign_in", next=back))


def init(app: Flask, policy: Policy, *, by_name: frozenset[str]) -> None:
    """Give the engine its map. `by_name` are endpoints of libraries that state no policy of their own."""
    app.extensions["eventhub-policy"] = policy
    app.extensions["eventhub-by-name"] = by_name

    @app.before_request
    def _know_the_writer() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            actor()

    @app.teardown_request
    def _forget(_error: BaseException | None) -> None:
        scope = g.pop("actor_scope", None)
        if scope is not None:
            scope.__exit__(None, None, None)
        for name in ABOUT_ONE_READER:  # where a context outlives a request, the next reader is found anew
            g.pop(name, None)


def check(app: Flask) -> None:
    """Refuse an application with a route that states no policy, or a permission the map does not know."""
    by_name: frozenset[str] = app.extensions["eventhub-by-name"]
    policy: Policy = app.extensions["eventhub-policy"]
    known = {"public", "signed in", *map(str, policy)}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in by_name:
            continue
        stated = policy_of(app, rule.endpoint)
        if stated not in known:
            raise RouteWithoutPolicy(f"{rule.rule} ({rule.endpoint}) states {stated or 'no policy'}")


def policy_of(app: Flask, endpoint: str) -> str:
    """What an endpoint states: "public", "signed in", a permission, or an empty string."""
    return str(getattr(app.view_functions[endpoint], MARK, ""))


def _policy() -> Policy:
    return cast(Policy, current_app.extensions["eventhub-policy"])
