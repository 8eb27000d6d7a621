"""Where the portal may connect to (S37), and that a name cannot lead it elsewhere."""

import pytest

from agora.transport import check_base_url
from agora.transport.address import may_connect

REFUSED = """
http://api.agora.io
ftp://api.agora.io
api.agora.io
//api.agora.io
https://
https:///path
https://:443
https://api.agora.io:0
https://api.agora.io:99999
https://api.agora.io:port
https://user@api.agora.io
https://user:pass@api.agora.io
https://api.agora.io@evil.example
https://127.0.0.1:80@evil.example
https://api.agora.io?x=1
https://api.agora.io/?
https://api.agora.io#x
https://api.agora.io/#
https://evil.example#@api.agora.io
https://evil.example\\@api.agora.io
https://api.agora.io\\.evil.example
https://10.0.0.1
https://172.16.0.1
https://192.168.1.1
https://169.254.169.254
https://169.254.169.254/latest/meta-data
https://100.64.0.1
https://0.0.0.0
https://255.255.255.255
https://224.0.0.1
https://[::]
https://[fe80::1]
https://[fe80::1%25eth0]
https://[fd00:ec2::254]
https://[fc00::1]
https://[ff02::1]
https://[::ffff:10.0.0.1]
https://[::ffff:169.254.169.254]
https://[::ffff:a9fe:a9fe]
https://[64:ff9b::169.254.169.254]
https://[::1
https://2130706433
https://3232235777
https://0x7f000001
https://0x7f.0.0.1
https://127.1
https://10.1
https://0177.0.0.1
https://1.2.3
https://1.2.3.4.5
https://256.1.1.1
https://api.agora.io.
https://api..agora.io
https://.agora.io
https://api.agora.io%2eevil.example
https://api%00.agora.io
https://ａpi.agora.io
https://api.agora.io/ü
https://api.agora.io /
https://api.agora.io\t
http://localhost.
http://localhost.evil.example
http://evil.localhost
http://127.0.0.1.evil.example
http://10.0.0.1
http://[::2]
http://0.0.0.0
javascript:alert(1)
file:///etc/passwd
""".strip().split("\n")


@pytest.mark.parametrize("url", REFUSED)
def test_s37_a_url_that_may_lead_astray_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match=r"^The base URL "):
        check_base_url(url.replace("\\t", "\t"))


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.agora.io", "https://api.agora.io"),
        ("https://api.agora.io/", "https://api.agora.io"),
        ("HTTPS://API.AGORA.IO:8443", "HTTPS://API.AGORA.IO:8443"),
        ("https://gateway.example/agora/", "https://gateway.example/agora"),
        ("https://8.8.8.8", "https://8.8.8.8"),
        ("https://[2606:4700::1111]", "https://[2606:4700::1111]"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("http://[::1]:8001", "http://[::1]:8001"),
        ("http://[::ffff:127.0.0.1]:8001", "http://[::ffff:127.0.0.1]:8001"),
    ],
)
def test_a_plain_url_is_kept_without_its_last_slash(url: str, kept: str) -> None:
    assert check_base_url(url) == kept


def test_a_private_address_needs_an_explicit_word() -> None:
    assert check_base_url("https://10.0.0.1", allow_private=True) == "https://10.0.0.1"


def test_the_address_of_a_cloud_s_metadata_is_never_allowed() -> None:
    with pytest.raises(ValueError, match="not public"):
        check_base_url("https://169.254.169.254", allow_private=True)


@pytest.mark.parametrize(
    ("peer", "host", "allowed"),
    [
        ("8.8.8.8", "api.agora.io", True),
        ("2606:4700::1111", "api.agora.io", True),
        ("64:ff9b::808:808", "api.agora.io", True),
        ("127.0.0.1", "api.agora.io", False),
        ("::1", "api.agora.io", False),
        ("10.0.0.1", "api.agora.io", False),
        ("::ffff:10.0.0.1", "api.agora.io", False),
        ("169.254.169.254", "api.agora.io", False),
        ("fe80::1%eth0", "api.agora.io", False),
        ("127.0.0.1", "localhost", True),
        ("::1", "localhost", True),
        ("8.8.8.8", "localhost", False),
        ("nonsense", "api.agora.io", False),
    ],
)
def test_s37_a_name_leads_only_where_its_url_could(peer: str, host: str, allowed: bool) -> None:
    assert may_connect(peer, host=host, allow_private=False) is allowed
