"""AWS Signature Version 4 for a side, with botocore's own signer (the optional extra `aws`)."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

import httpx
from botocore.auth import SigV4Auth as _Signer
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from shadow.errors import ConfigError
from shadow.mirror.tokens import PATIENCE, CredentialsError, SideAuth

__all__ = ["SigV4Auth"]

_SIGNED = ("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256")


class SigV4Auth(SideAuth):
    """Signs each request for ``service`` in ``region`` with the credentials that botocore finds.

    The signature covers host and path, so it is made per side, over the exact target that is sent.
    """

    requires_request_body = True

    def __init__(self, service: str, region: str, key: str) -> None:
        try:
            credentials = Session().get_credentials()
        except BotoCoreError as error:
            raise ConfigError(f"{key}: botocore can't load AWS credentials ({error})") from error
        if credentials is None:
            raise ConfigError(f"{key}: botocore finds no AWS credentials (environment, profile, or instance role)")
        self._credentials = credentials
        self._key = key
        self._service = service
        self._region = region

    async def ready(self) -> None:
        """Renew temporary credentials where they are due: botocore asks for them over the network, and blocks."""
        if not self._due():
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.to_thread(self._credentials.get_frozen_credentials)
        except (BotoCoreError, ClientError, TimeoutError, OSError) as error:
            # Not its message, in which an endpoint may quote what it was sent.
            raise CredentialsError(f"{self._key}: no AWS credentials could be got ({type(error).__name__})") from error

    def _due(self) -> bool:
        due = getattr(self._credentials, "refresh_needed", None)
        return bool(due and due())

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        target = request.extensions.get("target", request.url.raw_path).decode("latin-1")
        origin = str(request.url.copy_with(raw_path=b"/")).rstrip("/")
        signed = AWSRequest(
            request.method, origin + target, headers={"Host": request.headers["Host"]}, data=request.content
        )
        # Frozen: temporary credentials may be refreshed at any moment, and key and token must belong together.
        _Signer(self._credentials.get_frozen_credentials(), self._service, self._region).add_auth(signed)
        for name in _SIGNED:
            # What the client signed with its own credentials does not go with ours.
            request.headers.pop(name, None)
            if name in signed.headers:
                request.headers[name] = signed.headers[name]
        yield request
