"""People, their accounts, and the personal links that reach them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, Code, Json, Key, Retention, Word, kept
from ..core.folding import fold_all

NETWORK = kept(Retention.WHILE_IN_NETWORK)
EVENT = kept(Retention.EVENT_PLUS_YEAR)
MONTH = kept(Retention.EVENT_PLUS_MONTH)
LOG = kept(Retention.LOG)


class Script(enum.StrEnum):
    """The script a person's name is shown in first, as the person chose."""

    LATIN = "latin"
    ARABIC = "arabic"


class Person(Base):
    """One human, apart from any account and any registration. Names stand as their owner wrote them."""

    __tablename__ = "person"
    __lock_order__ = 40
    __table_args__ = (sa.Index("ix_person_folded", "folded"),)

    id: Mapped[Key]
    code: Mapped[Code]
    mail: Mapped[str | None] = mapped_column(sa.String(254), unique=True, info=NETWORK)
    """Lower case; None for a person nobody writes to."""
    form_of_address: Mapped[str] = mapped_column(sa.String(40), default="", info=NETWORK)
    given_name: Mapped[str] = mapped_column(sa.String(120), default="", info=NETWORK)
    family_name: Mapped[str] = mapped_column(sa.String(120), default="", info=NETWORK)
    given_name_arabic: Mapped[str] = mapped_column(sa.String(120), default="", info=NETWORK)
    family_name_arabic: Mapped[str] = mapped_column(sa.String(120), default="", info=NETWORK)
    script: Mapped[Word] = mapped_column(default=Script.LATIN.value)
    function: Mapped[str] = mapped_column(sa.String(300), default="", info=NETWORK)
    organisation: Mapped[str] = mapped_column(sa.String(300), default="", info=NETWORK)
    phone: Mapped[str] = mapped_column(sa.String(40), default="", info=NETWORK)
    language: Mapped[Word] = mapped_column(default="fr")
    """The language we write to the person in."""
    languages: Mapped[Any] = mapped_column(sa.JSON, default=list, info=NETWORK)
    """Working languages: [[code, level], …]; levels native, fluent, working."""
    access_needs: Mapped[str] = mapped_column(sa.String(1000), default="", info=MONTH)
    food_needs: Mapped[Any] = mapped_column(sa.JSON, default=list, info=MONTH)
    food_note: Mapped[str] = mapped_column(sa.String(500), default="", info=MONTH)
    erased_at: Mapped[datetime | None]
    folded: Mapped[str] = mapped_column(sa.Text, default="", info=NETWORK)
    created_at: Mapped[datetime]

    @property
    def latin(self) -> str:
        return " ".join(filter(None, (self.given_name, self.family_name)))

    @property
    def arabic(self) -> str:
        return " ".join(filter(None, (self.given_name_arabic, self.family_name_arabic)))

    @property
    def name(self) -> str:
        """The name as its owner wants it seen first; never empty while the person exists."""
        first, second = (self.arabic, self.latin) if self.script == Script.ARABIC else (self.latin, self.arabic)
        return first or second or self.mail or "—"

    def refold(self) -> None:
        """Bring the search column up to date; commands that change a name call it."""
        self.folded = fold_all(self.latin, self.arabic, self.mail, self.function, self.organisation)


roles_users = sa.Table(
    "roles_users",
    Base.metadata,
    sa.Column("user_id", sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A right over the whole install: administrator, organiser (may create events), editor of the network's pages."""

    __tablename__ = "role"
    __written_by__ = "flask-security"

    id: Mapped[Key]
    name: Mapped[Word] = mapped_column(unique=True)
    description: Mapped[Word] = mapped_column(default="")
    permissions = None


class User(Base, UserMixin):
    """An account: how a person signs in. Columns as Flask-Security reads them."""

    __tablename__ = "user"
    __written_by__ = "flask-security"

    id: Mapped[Key]
    code: Mapped[Code]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), unique=True)
    person: Mapped[Person] = relationship(lazy="joined")
    email: Mapped[str] = mapped_column(sa.String(254), unique=True, info=NETWORK)
    password: Mapped[str | None] = mapped_column(sa.String(255), info=NETWORK)
    active: Mapped[bool] = mapped_column(default=True)
    staff: Mapped[bool] = mapped_column(default=False)
    """Staff sign in with a password and a second factor; others by a mailed link."""
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True, info=NETWORK)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment]
        sa.String(64), unique=True, info=NETWORK
    )
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    current_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    last_login_ip: Mapped[str | None] = mapped_column(sa.String(64), info=LOG)
    current_login_ip: Mapped[str | None] = mapped_column(sa.String(64), info=LOG)
    login_count: Mapped[int | None]  # type: ignore[assignment]
    tf_primary_method: Mapped[str | None] = mapped_column(sa.String(64), info=NETWORK)
    tf_totp_secret: Mapped[str | None] = mapped_column(sa.String(255), info=NETWORK)
    tf_phone_number: Mapped[str | None] = mapped_column(sa.String(128), info=NETWORK)
    tf_last_counter: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The time step of the last code that was accepted: none is accepted twice (RFC 6238, 5.2)."""
    mf_recovery_codes: Mapped[Any] = mapped_column(MutableList.as_mutable(sa.JSON()), nullable=True, info=NETWORK)
    create_datetime: Mapped[datetime]
    update_datetime: Mapped[datetime]
    roles: Mapped[list[Role]] = relationship(secondary=roles_users, lazy="selectin")  # type: ignore[assignment]
    webauthn: Mapped[list[Passkey]] = relationship(back_populates="user", cascade="all, delete-orphan")  # type: ignore[assignment]

    @property
    def name(self) -> str:
        return self.person.name


class Passkey(Base, WebAuthnMixin):
    """A passkey of an account; the table is there, its pages come later."""

    __tablename__ = "passkey"
    __written_by__ = "flask-security"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    user: Mapped[User] = relationship(back_populates="webauthn")
    name: Mapped[str] = mapped_column(sa.String(64), info=NETWORK)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[Json | None]
    backup_state: Mapped[bool]
    device_type: Mapped[Word]
    extensions: Mapped[str | None] = mapped_column(sa.String(255), info=NETWORK)
    usage: Mapped[Word]
    create_datetime: Mapped[datetime]
    lastuse_datetime: Mapped[datetime]


class PersonalLink(Base):
    """A link of one person for one purpose. The address of the link is signed and carries `code`; the row says what
    it reaches and, from first use, which browser it belongs to."""

    __tablename__ = "personal_link"

    id: Mapped[Key]
    code: Mapped[Code]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    person: Mapped[Person] = relationship(lazy="joined")
    purpose: Mapped[Word]
    about: Mapped[Json]
    """What the link reaches: {"event": code, "registration": code, …}."""
    expires_at: Mapped[datetime]
    """In the wall's time: signatures do not live in the demo's."""
    browser: Mapped[Word] = mapped_column(default="")
    """Keyed hash of the browser's key, from first use."""
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SignIn(Base):
    """One signed-in browser of an account, so that its owner can see and end it."""

    __tablename__ = "sign_in"

    id: Mapped[Key]
    code: Mapped[Code]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    user: Mapped[User] = relationship(lazy="joined")
    agent: Mapped[str] = mapped_column(sa.String(300), default="", info=LOG)
    address: Mapped[str] = mapped_column(sa.String(64), default="", info=LOG)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
