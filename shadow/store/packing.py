"""Observations with their pairs ↔ bytes: MessagePack, compressed. Nothing is lost, whatever a body holds."""

from __future__ import annotations

import zlib
from decimal import Decimal
from typing import Any

import msgspec

from shadow.compare.difference import Difference
from shadow.errors import StoreError
from shadow.evidence.observation import Observation

__all__ = ["compress", "pack", "unpack"]

_INTEGER, _DECIMAL = 1, 2
"""MessagePack extension types for what it has no type for: integers beyond 64 bits, and exact decimals."""


def pack(observation: Observation) -> bytes:
    """The observation with its example; its own copy of the differences, which is the same again, is left out."""
    assert observation.example is not None
    differences = tuple(_storable(difference) for difference in observation.example.differences)
    example = msgspec.structs.replace(observation.example, differences=differences)
    return _encode(msgspec.structs.replace(observation, differences=(), example=example))


def compress(packed: bytes) -> bytes:
    return zlib.compress(packed)


def unpack(compressed: bytes) -> Observation:
    """The inverse of packing and compressing. Raises StoreError for anything else."""
    try:
        return _decoder.decode(zlib.decompress(compressed))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise StoreError(
            f"the store holds a pair that can't be read ({error}); `shadow forget` starts afresh"
        ) from error


def _storable(difference: Difference) -> Difference:
    return msgspec.structs.replace(difference, legacy=_value(difference.legacy), candidate=_value(difference.candidate))


def _value(value: Any) -> Any:
    match value:
        case bool() | None:
            return value
        case int() if not -(2**63) <= value < 2**64:
            return msgspec.msgpack.Ext(_INTEGER, hex(value).encode())
        case Decimal():
            return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
        case list() | tuple():
            return [_value(item) for item in value]
        case dict():
            return {key: _value(item) for key, item in value.items()}
    return value


def _encode(value: Any) -> bytes:
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        # JSON may hold half of a surrogate pair (RFC 8259 §8.2), which UTF-8 can't; it is shown as its escape.
        return _encoder.encode(_escaped(msgspec.to_builtins(value, builtin_types=(bytes, msgspec.msgpack.Ext))))


def _escaped(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case list() | tuple():
            return [_escaped(item) for item in value]
        case dict():
            return {_escaped(key): _escaped(item) for key, item in value.items()}
    return value


def _extension(code: int, data: memoryview) -> Any:
    return int(bytes(data), 16) if code == _INTEGER else Decimal(bytes(data).decode())


_encoder = msgspec.msgpack.Encoder(enc_hook=str)
_decoder = msgspec.msgpack.Decoder(Observation, ext_hook=_extension)
