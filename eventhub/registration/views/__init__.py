"""Pages of the registration room: one's own, the delegation's, the organiser's."""

from . import acts, invite, lead, own, public, setup, work

BLUEPRINTS = (own.bp, acts.bp, public.bp, lead.bp, work.bp, invite.bp, setup.bp)

__all__ = ["BLUEPRINTS"]
