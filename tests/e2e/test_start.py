"""Ways to start: from any folder, with a named configuration, with mitmproxy's own modes, and as `shadow run`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ADDON, CONFIG, ROOT, free_port, json_answer, wait_until


@pytest.mark.parametrize("where", ["elsewhere", "addons", "checkout"])
def test_the_addon_starts_from_any_folder(where, backend, proxy, client, tmp_path):
    """`import shadow` finds the package, never addons/shadow.py itself, wherever mitmdump is started."""
    cwd = {"elsewhere": tmp_path, "addons": ADDON.parent, "checkout": ROOT}[where]
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    running = proxy(legacy, candidate, "", "--set", f"shadow_config={tmp_path / 'shadow.toml'}", cwd=cwd)
    assert client.get(f"{running.url}/kong/a").json() == {"a": 1}
    assert running.stop() == 0
    assert running.route("GET /a")["requests"]["compared"] == 1


def test_the_users_own_mode_and_port_win(backend, proxy, client, tmp_path):
    """A mode given on the command line is kept, shadow.toml's listen address is not used."""
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    own = free_port()
    running = proxy(legacy, candidate, "", "-p", str(own), "--mode", f"reverse:{legacy.url}", own_port=own)
    assert client.get(f"{running.url}/kong/a").json() == {"a": 1}
    configured = (tmp_path / "shadow.toml").read_text().partition('listen = "')[2].partition('"')[0]
    assert not answers(f"http://{configured}/kong/a")


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_shadow_run_is_the_same(backend, client, tmp_path):
    """`shadow run` finds shadow.toml upward and becomes mitmdump; Ctrl-C ends it cleanly."""
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    port = free_port()
    (tmp_path / "shadow.toml").write_text(CONFIG.format(legacy=legacy.url, candidate=candidate.url, port=port))
    below = tmp_path / "below"
    below.mkdir()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("shadow")), "run", "-q"],
            cwd=below,
            env=os.environ | {"HOME": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/kong/a"), "shadow run answers")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert (tmp_path / "reports" / "index.html").exists()


def test_mitmdumps_process_stays_light(backend, proxy, client, tmp_path):
    """Comparing, sending and storing are the workers' business: their libraries are never loaded beside clients."""
    loaded = tmp_path / "loaded.txt"
    script = tmp_path / "loaded.py"
    script.write_text(f"import sys\ndef done():\n    open({str(loaded)!r}, 'w').write('\\n'.join(sys.modules))\n")
    running = proxy(backend(json_answer({"a": 1})), backend(json_answer({"a": 2})), "", "-s", str(script))
    client.get(f"{running.url}/kong/a")
    running.stop()
    modules = {name.split(".")[0] for name in loaded.read_text().split()}
    assert "mitmproxy" in modules
    assert not modules & {"deepdiff", "httpx", "sqlalchemy", "ddsketch", "numpy", "pandas"}
    assert "shadow.compare" not in loaded.read_text().split()


def test_a_lean_proxy_keeps_what_it_needs(backend, proxy, client, tmp_path):
    """`proxy.lean` leaves out addons that do nothing here, keeps those whose options are set, and works the same."""
    left = tmp_path / "left.txt"
    script = tmp_path / "left.py"
    script.write_text(
        "from mitmproxy import ctx\n"
        f"def done():\n    open({str(left)!r}, 'w').write(' '.join(ctx.master.addons.lookup))\n"
    )
    legacy, candidate = backend(json_answer({"a": 1})), backend(json_answer({"a": 1}))
    lean = CONFIG.replace("[proxy]", "[proxy]\nlean = true")
    running = proxy(legacy, candidate, "", "-s", str(script), "--anticache", config=lean)
    assert client.get(f"{running.url}/kong/a", headers={"If-None-Match": '"1"'}).json() == {"a": 1}
    assert running.stop() == 0
    addons = left.read_text().split()
    assert {"proxyserver", "nextlayer", "tlsconfig", "anticache"} <= set(addons)
    assert not set(addons) & {"stickycookie", "maplocal", "serverplayback", "onboarding"}
    assert "If-None-Match" not in legacy.requests[0][2]
    assert running.route("GET /a")["requests"]["compared"] == 1
