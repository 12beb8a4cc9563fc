"""Seals of a repository: made, opened, given to other readers, and destroyed.

The order of the steps is always such that a killed command loses nothing: a key is in the store
before anything is sealed to it, and goes only after nothing needs it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from hotline.doors import age
from hotline.doors.fault import Unavailable
from hotline.doors.keystore import Kept, KeyStore, Wrap
from hotline.values.persons import NotAPerson, data_of, fingerprint, payload
from hotline.values.registry import Registry, Unit


class Seal(NamedTuple):
    """What stands in a case's header for a sealed part."""

    recipient: str
    to: tuple[str, ...]
    text: str

    def as_data(self) -> dict[str, Any]:
        return {"recipient": self.recipient, "to": list(self.to), "text": self.text}


def seal_of(data: Mapping[str, Any]) -> Seal:
    return Seal(str(data["recipient"]), tuple(data["to"]), str(data["text"]))


def keys_of(unit: Unit, day: date) -> list[str]:
    """The public keys of a unit: its own, and those of its members' SSH keys that hold on
    ``day`` and can open anything (age knows no ECDSA keys and none on a security token)."""
    own = [unit.age] if unit.age else []
    found = [*own, *(key.ssh.strip() for key in unit.keys if key.holds_on(day))]
    return [key for key in dict.fromkeys(found) if age.is_recipient(key)]


@dataclass(slots=True)
class Sealer:
    """Seals and opens with the keys of the registry as they hold on the day of ``now``."""

    store: KeyStore
    registry: Registry
    now: datetime
    _known: bytes | None = None
    """The secret of fingerprints, once it was made or opened."""

    def recipients(self, units: Iterable[str]) -> list[str]:
        """The public keys of all of these units; the center must have one, or what is sealed
        could never be given to anybody else."""
        day = self.now.date()
        center = self.registry.center()
        units = list(units)
        found: list[str] = []
        for name in units:
            unit = self.registry.units.get(name)
            own = keys_of(unit, day) if unit else []
            if name == center and not own:
                raise Unavailable(
                    f"{self.registry.unit_name(center)}还没有登记公钥，密封以后谁也打不开。请先运行 "
                    f"hotline keys new {center} --out 私钥文件，保管好私钥"
                )
            found += own
        if not found:
            raise Unavailable("可读单位都没有登记公钥，密封以后谁也打不开：hotline keys list 查看")
        return list(dict.fromkeys(found))

    def without_keys(self, units: Iterable[str]) -> list[str]:
        """Those of the units that cannot open anything yet."""
        day = self.now.date()
        known = self.registry.units
        return [name for name in units if name not in known or not keys_of(known[name], day)]

    # --- a part -------------------------------------------------------------------------

    def seal(self, case: str, part: str, data: Any, to: Sequence[str]) -> Seal:
        """Seals to a new key, which the store keeps wrapped to ``to``."""
        seal, kept = self.made(case, part, data, to)
        self.keep(kept)
        return seal

    def keep(self, new: Kept) -> None:
        """Puts wraps into the store, beside those that are there."""
        kept = self.store.read(new.case, new.part)
        for wrap in new.wraps:
            kept = kept.with_wrap(wrap)
        self.store.put(kept)

    def made(self, case: str, part: str, data: Any, to: Sequence[str]) -> tuple[Seal, Kept]:
        """A seal to a new key, and what the store must keep before the seal is written."""
        keys = self.recipients(to)
        pair = age.new_pair()
        try:
            plain = payload(case, part, data)
        except NotAPerson as why:
            raise Unavailable(f"没有密封：{why}") from None
        text = age.sealed(plain, [pair.public])
        wrap = Wrap(pair.public, tuple(to), tuple(keys), age.sealed(pair.secret.encode(), keys))
        return Seal(pair.public, tuple(to), text), Kept(case, part, (wrap,))

    def open(self, case: str, part: str, seal: Seal, identities: age.Identities) -> Any:
        """What is sealed; says in Chinese why it cannot be had."""
        wrap = self.store.read(case, part).of(seal.recipient)
        if wrap is None:
            raise Unavailable(
                f"密钥库 {self.store.folder} 里没有 {case} 这一密封的密钥：可能已经删除，"
                "也可能用错了密钥库（环境变量 HOTLINE_KEYS），或密封内容被换过"
            )
        secret = self._unwrapped(wrap, identities)
        try:
            plain = age.opened(seal.text, secret)
        except age.Closed:
            raise Unavailable("密封内容已损坏，或不是用登记的密钥密封的，打不开") from None
        try:
            return data_of(plain, case, part)
        except NotAPerson as why:
            raise Unavailable(f"打不开：{why}") from None

    def _unwrapped(self, wrap: Wrap, identities: age.Identities) -> age.Identities:
        try:
            secret = age.opened(wrap.text, identities).decode()
            found = age.identity_of(secret.strip())
        except (age.Closed, UnicodeDecodeError):
            names = "、".join(self.registry.unit_name(unit) for unit in wrap.to)
            raise Unavailable(
                f"这个私钥打不开：只有 {names} 登记的密钥可以（单位换过密钥的，由管理机构运行 "
                "hotline keys rotate）；密钥库里的这个文件也可能已损坏（hotline keys verify）"
            ) from None
        if wrap.recipient not in found.public:
            raise Unavailable("密钥库里的密钥与密封内容不是一对，没有打开；请从备份恢复密钥库")
        return found

    def narrow(self, case: str, part: str, to: Sequence[str], identities: age.Identities) -> None:
        """Wraps every key of a part anew, such that nobody but ``to`` can open any of its seals
        any more."""
        kept = self.store.read(case, part)
        keys = self.recipients(to)
        self.store.put(
            Kept(case, part, tuple(self._wrapped(w, to, keys, identities) for w in kept.wraps))
        )

    def _wrapped(
        self, wrap: Wrap, to: Sequence[str], keys: Sequence[str], identities: age.Identities
    ) -> Wrap:
        if wrap.to == tuple(to) and set(wrap.keys) == set(keys):
            return wrap
        (secret,) = self._unwrapped(wrap, identities).keys
        text = age.sealed(str(secret).encode(), keys)
        return Wrap(wrap.recipient, tuple(to), tuple(keys), text)

    # --- fingerprints -------------------------------------------------------------------

    def fingerprint(
        self, person: Mapping[str, Any], identities: age.Identities | None
    ) -> str | None:
        """The person's fingerprint by the center's secret, which is made at the first time; None
        where the secret cannot be opened, '' where nothing tells the person."""
        secret = self._secret(identities)
        return None if secret is None else fingerprint(person, secret)

    def _secret(self, identities: age.Identities | None) -> bytes | None:
        if self._known is None:
            self._known = self._opened_or_made(identities)
        return self._known

    def _opened_or_made(self, identities: age.Identities | None) -> bytes | None:
        wrap = self.store.fingerprint_wrap()
        if wrap is None:
            secret = secrets.token_bytes(32)
            center = self.registry.center()
            keys = self.recipients([center])
            text = age.sealed(secret.hex().encode(), keys)
            self.store.put_fingerprint_wrap(Wrap("", (center,), tuple(keys), text))
            return secret
        if identities is None:
            return None
        try:
            return bytes.fromhex(age.opened(wrap.text, identities).decode())
        except (age.Closed, ValueError):
            return None

    def rotate_fingerprint(self, identities: age.Identities) -> bool:
        """Wraps the secret of fingerprints to the center's keys of today; says whether it did."""
        wrap = self.store.fingerprint_wrap()
        if wrap is None:
            return False
        keys = self.recipients([self.registry.center()])
        if set(wrap.keys) == set(keys):
            return False
        secret = self._secret(identities)
        if secret is None:
            raise Unavailable("这个私钥打不开指纹的密钥：要用管理机构原来的私钥")
        text = age.sealed(secret.hex().encode(), keys)
        self.store.put_fingerprint_wrap(Wrap("", wrap.to, tuple(keys), text))
        return True
