"""Who makes a request: an account, a token, the person at this machine, or nobody known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from scheduler.access.client_address import ClientAddress
from scheduler.actions.audit_log import Actor
from storage.operators.accounts import AccountRole, Session
from storage.operators.audit import Interface
from storage.operators.tokens import Token, TokenScope

_OF_SCOPE = {
    TokenScope.READ: AccountRole.VIEWER,
    TokenScope.WRITE: AccountRole.EDITOR,
    TokenScope.ADMIN: AccountRole.ADMIN,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever makes a request; without a `role` nothing may be seen but what is open to all."""

    client: ClientAddress
    role: AccountRole | None = None
    session: Session | None = None
    token: Token | None = None

    @property
    def name(self) -> str:
        """How the audit log and the pages call them."""
        if self.session is not None:
            return self.session.account.name
        if self.token is not None:
            return f"token {self.token.name}"
        return "somebody at this machine" if self.role else "nobody known"

    @property
    def actor(self) -> Actor:
        """Who the audit log says it was."""
        return Actor(self.name, Interface.API if self.token is not None else Interface.WEB)

    @property
    def csrf(self) -> str:
        """What forms must send along; nothing where there is no session."""
        return "" if self.session is None else self.session.csrf

    def may(self, needs: AccountRole) -> bool:
        """Tell whether what needs this role may be done."""
        return self.role is not None and self.role.includes(needs)


def token_identity(client: ClientAddress, token: Token) -> Identity:
    """Return the identity of a token's bearer; a token for feeds or metrics has no role."""
    return Identity(client, _OF_SCOPE.get(token.scope), token=token)


def identity_of(request: HTTPConnection) -> Identity:
    """Return who makes this request, as the authentication middleware found out."""
    return cast("Identity", request.scope["identity"])
