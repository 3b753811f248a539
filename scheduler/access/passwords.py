"""Passwords: hashed with argon2id in a thread, a few at a time, for each takes memory and a while."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storage.errors import InputError

LEAST = 10
"""Characters of a password; NIST SP 800-63B asks for no rules beside its length."""

MOST = 200
_AT_ONCE = 2
_NAME_LENGTH = 64  # characters of an account's name: what fits a line


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """Whether a password was right, and it hashed anew when the parameters have grown since."""

    right: bool
    rehashed: str | None = None


class Passwords:
    """Hashes and checks passwords with the parameters of RFC 9106's second choice (64 MiB)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobody: str | None = None

    async def hashed(self, password: str) -> str:
        """Hash a password."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def check(self, kept: str | None, password: str) -> PasswordCheck:
        """Check a password against the hash that is kept; None stands for nobody's.

        That takes as long, so that nobody learns who has an account (OWASP Authentication Cheat
        Sheet, user enumeration).
        """
        if self._nobody is None:
            self._nobody = await self.hashed("nobody's password")
        async with self._turns:
            checked = await asyncio.to_thread(self._check, kept or self._nobody, password[:MOST])
        return checked if kept is not None else PasswordCheck(right=False)

    def _check(self, kept: str, password: str) -> PasswordCheck:
        try:
            self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return PasswordCheck(right=False)
        stale = self._hasher.check_needs_rehash(kept)
        return PasswordCheck(right=True, rehashed=self._hasher.hash(password) if stale else None)


def accepted_password(password: str, name: str) -> str:
    """Return a new password as it is. Raises InputError for one that is too easy to guess."""
    if len(password) < LEAST:
        raise InputError(f"a password needs {LEAST} characters or more; several words are good")
    if len(password) > MOST:
        raise InputError(f"a password may have {MOST} characters")
    if name.lower() in password.lower() or len(set(password)) < LEAST // 2:
        raise InputError("that password is easy to guess; several words are good")
    return password


def account_name(name: str) -> str:
    """Return the name of a new account as it is kept. Raises InputError."""
    name = name.strip()
    fits = 1 <= len(name) <= _NAME_LENGTH
    if not fits or not all(character.isalnum() or character in "._-@" for character in name):
        raise InputError("a name has 1 to 64 letters, digits, or any of . _ - @")
    return name
