"""The client that the settings describe."""

from typing import Any

import pytest
from django.test import override_settings

from agora.connect import NotConfigured, client_from_settings
from agora.transport import OpenGate

KEYS = [("a1" * 20, "s" * 40), ("b2" * 20, "t" * 40)]
URL = "https://api.agora.io"


@override_settings(AGORA_BASE_URL=URL, AGORA_KEYS=KEYS, AGORA_CONNECT_TIMEOUT=1.0, AGORA_READ_TIMEOUT=2.0)
def test_the_settings_make_the_client() -> None:
    transport = client_from_settings(OpenGate()).transport
    assert (transport.base_url, transport.connect_timeout, transport.read_timeout) == (URL, 1.0, 2.0)
    assert [key.id for key in transport.keys] == [key_id for key_id, _ in KEYS]


@pytest.mark.parametrize("missing", [{"AGORA_BASE_URL": ""}, {"AGORA_KEYS": []}])
def test_without_a_server_or_a_key_there_is_no_client(missing: dict[str, Any]) -> None:
    with (
        override_settings(**({"AGORA_BASE_URL": URL, "AGORA_KEYS": KEYS} | missing)),
        pytest.raises(NotConfigured, match="AGORA_BASE_URL"),
    ):
        client_from_settings(OpenGate())


@override_settings(AGORA_BASE_URL="http://api.agora.io", AGORA_KEYS=KEYS)
def test_a_server_without_tls_is_refused() -> None:
    with pytest.raises(ValueError, match="must be https"):
        client_from_settings(OpenGate())
