"""The browser's only way out: whatever a page tries, nothing arrives where its channel has no business. Decision 0038."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from checks.gate import Gate
from checks.hindrance import Hindrance
from checks.pool import Pool, PoolSettings
from checks.visit import Visit, VisitRequest, visit
from scanner.axe import find_axe
from scanner.model import LedgerState
from scanner.reach import reach
from tests.spiders.server import Server, html, redirect, serving

INNER = "127.0.0.2"
"""An address of the inner network that no channel owns: a second machine, as far as the rules go."""


class Ear:
    """Listens at an inner address, TCP and UDP on one port, and counts who comes."""

    def __init__(self) -> None:
        self.tcp = socket.create_server((INNER, 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((INNER, self.port))
        self.came: list[str] = []
        for listen in (self._calls, self._packets):
            threading.Thread(target=listen, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.tcp.getsockname()[1])

    def _calls(self) -> None:
        with suppress(OSError):
            while True:
                call, _ = self.tcp.accept()
                call.settimeout(2)
                with suppress(OSError):
                    self.came.append("tcp " + call.recv(300).decode("latin-1").partition("\r\n")[0])
                call.close()

    def _packets(self) -> None:
        with suppress(OSError):
            while True:
                self.came.append(f"udp {len(self.udp.recv(3000))} bytes")

    def close(self) -> None:
        for one in (self.tcp, self.udp):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    listener = Ear()
    yield listener
    listener.close()


@pytest.fixture
def site() -> Iterator[Server]:
    with serving() as server:
        yield server


TRIES = """
<link rel="prefetch" href="{inner}/prefetch"><link rel="preload" as="script" href="{inner}/preload"><link rel="preconnect" href="{inner}">
<link rel="stylesheet" href="{inner}/stijl.css"><style>@import url({inner}/import.css); body {{ background: url({inner}/achtergrond.png) }}</style>
<script type="speculationrules">{{"prefetch": [{{"source": "list", "urls": ["{inner}/speculatie"]}}]}}</script>
<img src="{inner}/plaatje.png" alt=""><img src="/omleiding" alt=""><iframe src="{inner}/kader" title="a"></iframe><iframe src="/omleiding" title="b"></iframe>
<object data="{inner}/object"></object><embed src="{inner}/embed"><video src="{inner}/film.mp4"></video><audio src="{inner}/geluid.mp3" autoplay></audio>
<video><track src="{inner}/titels.vtt" default></video><script src="{inner}/script.js"></script><script type="module">import '{inner}/module.js'</script>
<iframe src="file:///etc/passwd" title="c"></iframe><iframe src="view-source:{inner}/bron" title="d"></iframe><iframe src="ftp://{host}/x" title="e"></iframe>
<iframe src="http://169.254.169.254/latest/meta-data/" title="f"></iframe><iframe src="http://[::ffff:127.0.0.2]:{port}/zes" title="g"></iframe>
<iframe src="http://2130706434:{port}/getal" title="h"></iframe><iframe src="http://0x7f000002:{port}/hex" title="i"></iframe>
<iframe src="http://wisselt.example:{port}/wissel" title="j"></iframe><iframe name="doel" title="k"></iframe>
<form id="f" method="post" action="{inner}/formulier" target="doel"></form>
<script>
const inner = '{inner}', say = () => 0;
fetch(inner + '/fetch').catch(say); fetch(inner + '/nocors', {{mode: 'no-cors'}}).catch(say); fetch('/omleiding', {{mode: 'no-cors'}}).catch(say);
navigator.sendBeacon(inner + '/baken', 'x'); new EventSource(inner + '/stroom'); new Image().src = inner + '/image';
const x = new XMLHttpRequest(); x.open('POST', inner + '/xhr'); x.send('x');
try {{ new WebSocket('ws://{host}:{port}/socket') }} catch (e) {{}}
try {{ new WebTransport('https://{host}:{port}/vervoer') }} catch (e) {{}}
new Worker(URL.createObjectURL(new Blob(["fetch('{inner}/werker', {{mode: 'no-cors'}}).catch(() => 0); try {{ new WebSocket('ws://{host}:{port}/werkersocket') }} catch (e) {{}}"])));
try {{ new SharedWorker(URL.createObjectURL(new Blob(["fetch('{inner}/gedeeld', {{mode: 'no-cors'}})"]))) }} catch (e) {{}}
try {{ navigator.serviceWorker.register('/sw.js').catch(say) }} catch (e) {{}}
document.getElementById('f').submit();
try {{ const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:{host}:{port}'}}, {{urls: 'turn:{host}:{port}?transport=tcp', username: 'a', credential: 'b'}}]}});
  peer.createDataChannel('x'); peer.createOffer().then(o => peer.setLocalDescription(o)) }} catch (e) {{}}
setTimeout(() => {{ open(inner + '/venster'); location = inner + '/weg' }}, 300);
</script>
"""


def look(own: Server, paths: Sequence[str], lookup: object = None, deep: bool = False, also: Sequence[str] = ()) -> list[Visit]:
    """Visits through a gate whose channel is this server."""
    extra = {"lookup": lookup} if lookup else {}

    async def go() -> list[Visit]:
        settings = PoolSettings(axe_source=find_axe().text(), reach=reach((own.url("/"), *also), **extra))  # type: ignore[arg-type]
        async with Pool.start(settings) as pool:
            tab = None
            seen = []
            for path in paths:
                tab = await pool.renew(tab)
                url = path if "://" in path else own.url(path)
                seen.append(await visit(pool, tab, VisitRequest(url, deep=deep, seconds=8, deep_seconds=30)))
                await asyncio.sleep(0.5)
            return seen

    return asyncio.run(go())


def rebinding(host: str) -> Sequence[str]:
    """A name of the channel that is public when the scan begins, and an inner address ever after."""
    if host == "wisselt.example":
        TURNED.append(host)
        return ["192.0.43.8"] if len(TURNED) == 1 else [INNER]
    if host == "onbekend.example":
        raise OSError(host)
    return [host]


TURNED: list[str] = []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("deep", [False, True], ids=["light", "deep"])
def test_no_page_reaches_the_inner_network(site: Server, ear: Ear, deep: bool) -> None:
    """Every way to load something that a page has, written as a number, as a name that turns, and by redirects."""
    inner = f"http://{INNER}:{ear.port}"
    site.pages |= {
        "/": html("Kwaad", TRIES.format(inner=inner, host=INNER, port=ear.port)),
        "/goed": html("Goed", '<img src="/logo.png" alt="Logo">'),
        "/logo.png": (200, {"Content-Type": "image/png"}, b"\x89PNG"),
        "/omleiding": redirect(inner + "/omgeleid"),
        "/sw.js": (200, {"Content-Type": "text/javascript"}, f"fetch('{inner}/dienst')".encode()),
    }
    wanted = ["/", "/omleiding", inner + "/recht", f"http://wisselt.example:{ear.port}/", "http://onbekend.example/",
              "http://169.254.169.254/latest/", "/goed"]
    TURNED.clear()
    seen = look(site, wanted, rebinding, deep, ("http://wisselt.example/",))
    assert len(TURNED) > 1
    assert ear.came == []
    states = [one.state for one in seen]
    assert states == [LedgerState.VISITED, *[LedgerState.UNREACHABLE] * 5, LedgerState.VISITED]
    reasons = [one.reason for one in seen[2:6]]
    assert reasons == ["address in an inner network"] * 2 + ["host name unknown", "address in an inner network"]
    assert "/logo.png" in site.paths(), "the channel's own things load as ever"


@pytest.mark.browser
@pytest.mark.slow
def test_without_the_gate_the_same_page_does_reach_it(site: Server, ear: Ear) -> None:
    """So that the test above proves something."""
    inner = f"http://{INNER}:{ear.port}"
    site.pages |= {"/": html("Kwaad", TRIES.format(inner=inner, host=INNER, port=ear.port)), "/omleiding": redirect(inner + "/omgeleid")}

    async def go() -> None:
        async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool, pool.fresh() as tab:
            await tab.open(site.url("/"), 8)
            await asyncio.sleep(1)

    asyncio.run(go())
    assert len({line for line in ear.came if line.startswith("tcp")}) > 8


def _through(gate: Gate, host: str, port: int, say: bytes = b"") -> bytes:
    """What a SOCKS5 client hears: the gate's answer and what comes back."""
    with socket.create_connection(("127.0.0.1", int(gate.address.rpartition(":")[2])), 5) as line:
        line.sendall(b"\5\1\0" + b"\5\1\0\3" + bytes([len(host)]) + host.encode() + port.to_bytes(2, "big"))
        head = b""
        while len(head) < 12 and (piece := line.recv(12 - len(head))):
            head += piece
        assert head[:2] == b"\5\0"
        if head[3:4] != b"\0":
            return head[2:4]
        line.sendall(say)
        line.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := line.recv(65536):
            heard += piece
        return heard


def test_the_gate_connects_to_what_it_was_told_and_says_why_not(site: Server, ear: Ear) -> None:
    site.pages["/"] = html("Goed")
    asked: list[str] = []

    def where(host: str) -> Sequence[str]:
        asked.append(host)
        if host == "kwaad.example":
            raise OSError("address in an inner network")
        return {"goed.example": [INNER + "55", "127.0.0.1"], "stil.example": ["127.0.0.1"]}.get(host, [])

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        silent = closed.getsockname()[1]
    with Gate(where, ("*.meet.example",)) as gate:
        answer = _through(gate, "GOED.example", site.server_port, b"GET / HTTP/1.0\r\n\r\n")
        assert b"<title>Goed" in answer
        assert _through(gate, "kwaad.example", ear.port) == b"\5\2"
        assert _through(gate, "niets.example", 80) == b"\5\2"
        assert _through(gate, "stil.example", silent) == b"\5\4"
        assert _through(gate, "www.meet.example", 80) == b"\5\2"
        assert gate.why(f"http://kwaad.example:{ear.port}/x") == "address in an inner network"
        assert gate.why("http://niets.example/") == "host name unknown"
        assert gate.why(f"http://stil.example:{silent}/") == "connection refused"
        assert gate.why("http://www.meet.example/") == Hindrance.BLOCKED
        assert gate.why(site.url("/").replace("127.0.0.1", "goed.example")) == ""
    assert "www.meet.example" not in asked
    assert ear.came == []


@pytest.mark.parametrize("rubbish", [b"GET / HTTP/1.1\r\n\r\n", b"\5\1\2", b"\5\1\0\5\2\0\1\0\0\0\0\0\0", b"\4\1\0\x50", b"\5", b""])
def test_the_gate_speaks_one_thing_only(rubbish: bytes) -> None:
    with Gate(lambda host: [host]) as gate:
        with socket.create_connection(("127.0.0.1", int(gate.address.rpartition(":")[2])), 5) as line:
            line.sendall(rubbish)
            line.shutdown(socket.SHUT_WR)
            line.settimeout(5)
            heard = b""
            with suppress(ConnectionError):
                while piece := line.recv(100):
                    heard += piece
        assert heard in (b"", b"\5\0")


def test_a_name_that_turns_is_judged_at_every_connection() -> None:
    """Rebinding: public when the scan begins and again at first, inner afterwards."""
    answers = [["192.0.43.8"], ["127.0.0.1"], ["127.0.0.1", "192.0.43.8"]]
    allowed = reach(("https://wissel.example/",), lookup=lambda _: answers.pop(0) if len(answers) > 1 else answers[0])
    with pytest.raises(OSError, match="address in an inner network"):
        allowed("wissel.example")
    assert list(allowed("wissel.example")) == ["192.0.43.8"], "of a mixed answer only the public part"


def test_what_a_channel_may_reach_inside() -> None:
    names = {"intranet.lan": ["10.0.0.5"], "ook.lan": ["10.0.0.5"], "stijl.lan": ["10.0.0.7"], "www.example": ["192.0.43.8"],
             "meta.lan": ["169.254.169.254"]}

    def lookup(host: str) -> Sequence[str]:
        return names.get(host) or [host]

    inside = reach(("http://intranet.lan/",), lookup=lookup)
    assert inside("intranet.lan") == ("10.0.0.5",)
    assert list(inside("ook.lan")) == ["10.0.0.5"], "another name of the same machine"
    for host in ("stijl.lan", "127.0.0.1", "169.254.169.254", "meta.lan", "::1"):
        with pytest.raises(OSError, match="inner network"):
            inside(host)
    assert reach(("http://intranet.lan/",), inner_hosts=("stijl.lan",), lookup=lookup)("stijl.lan") == ("10.0.0.7",)
    with pytest.raises(OSError, match="inner network"):
        reach(("http://intranet.lan/",), "never", ("stijl.lan",), lookup=lookup)("intranet.lan")
    with pytest.raises(OSError, match="inner network"):
        reach(("https://www.example/",), lookup=lookup)("intranet.lan")
    with pytest.raises(OSError, match="inner network"):
        reach(("http://meta.lan/",), lookup=lookup)("meta.lan")
