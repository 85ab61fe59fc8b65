"""AWS Signature Version 4, against signatures that botocore makes step by step."""

from __future__ import annotations

import asyncio
import datetime as dt

import httpx
import pytest

from shadow.config.settings import SigV4
from shadow.errors import ConfigError
from shadow.mirror.auth import load_auth

pytest.importorskip("botocore")

from botocore.auth import SigV4Auth as Signer
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import ClientError, CredentialRetrievalError
from botocore.session import Session

from shadow.mirror.sigv4 import SigV4Auth
from shadow.mirror.tokens import CredentialsError

KEY = "candidate.auth"
ACCESS, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session-token"


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """AWS credentials from these variables and nowhere else."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


def signed(method: str, target: str, body: bytes = b"", **headers: str) -> httpx.Request:
    auth = load_auth(SigV4(sigv4="execute-api", region="eu-central-1"), KEY)
    assert auth is not None
    request = httpx.Request(
        method,
        "https://api.example.com/",
        headers={"Host": "api.example.com", **headers},
        stream=httpx.ByteStream(body),
        extensions={"target": target.encode()},
    )

    async def run() -> httpx.Request:
        flow = auth.async_auth_flow(request)
        outgoing = await anext(flow)
        await flow.aclose()
        return outgoing

    return asyncio.run(run())


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/", b""),
        ("GET", "/prod/orders/a%2Fb?x=%20&y=2&x=1", b""),
        ("POST", "/prod/orders", b'{"a": "\xc3\xa9"}'),
    ],
)
def test_the_signature_is_the_one_that_botocore_makes_for_the_exact_target(monkeypatch, method, target, body, token):
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    request = signed(method, target, body)
    at = dt.datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    assert abs((dt.datetime.now(dt.UTC) - at).total_seconds()) < 900  # what AWS tolerates

    # botocore's own steps, at the very second of our signature.
    reference = AWSRequest(method, f"https://api.example.com{target}", headers={"Host": "api.example.com"}, data=body)
    reference.headers["X-Amz-Date"] = request.headers["X-Amz-Date"]
    reference.context["timestamp"] = request.headers["X-Amz-Date"]
    if token:
        reference.headers["X-Amz-Security-Token"] = token
    signer = Signer(Credentials(ACCESS, SECRET, token), "execute-api", "eu-central-1")
    text = signer.string_to_sign(reference, signer.canonical_request(reference))
    assert request.headers["Authorization"].endswith(f"Signature={signer.signature(text, reference)}")
    assert request.headers.get("X-Amz-Security-Token") == token


def test_what_the_client_signed_with_its_own_credentials_is_left_out():
    request = signed(
        "GET", "/", **{"Authorization": "AWS4-HMAC-SHA256 of the client", "X-Amz-Security-Token": "of the client"}
    )
    assert request.headers.get_list("Authorization")[0].startswith(f"AWS4-HMAC-SHA256 Credential={ACCESS}/")
    assert len(request.headers.get_list("Authorization")) == 1
    assert "X-Amz-Security-Token" not in request.headers


def test_without_credentials_it_is_a_configuration_error(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ConfigError, match=r"candidate\.auth: botocore finds no AWS credentials"):
        signed("GET", "/")


def test_a_profile_that_is_not_there_is_a_configuration_error(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(ConfigError, match=r"candidate\.auth: .*no-such-profile"):
        signed("GET", "/")


class Expiring:
    """Temporary credentials that are due, as botocore keeps them for roles."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.fetched = 0

    def refresh_needed(self) -> bool:
        return not self.fetched

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        self.fetched += 1
        if self.error:
            raise self.error
        return ReadOnlyCredentials(ACCESS, SECRET, "renewed")


def test_temporary_credentials_that_are_due_are_renewed_before_the_request(monkeypatch):
    credentials = Expiring()
    monkeypatch.setattr(Session, "get_credentials", lambda _: credentials)
    auth = SigV4Auth("execute-api", "eu-central-1", KEY)
    asyncio.run(auth.ready())
    asyncio.run(auth.ready())
    assert credentials.fetched == 1


@pytest.mark.parametrize(
    "error",
    [
        CredentialRetrievalError(provider="iam-role", error_msg="s3cret"),
        ClientError({"Error": {"Code": "ExpiredToken", "Message": "s3cret"}}, "AssumeRole"),
    ],
)
def test_credentials_that_can_not_be_renewed_are_the_harnesss_trouble(monkeypatch, error):
    monkeypatch.setattr(Session, "get_credentials", lambda _: Expiring(error))
    with pytest.raises(CredentialsError, match=r"^candidate\.auth: no AWS credentials could be got") as caught:
        asyncio.run(SigV4Auth("execute-api", "eu-central-1", KEY).ready())
    assert "s3cret" not in str(caught.value)
