"""What ships for a server: nginx takes it, systemd takes it, and it says the same as the code."""

import contextlib
import os
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import env
from config.processes import Child, stop
from config.serving import nginx, server
from config.serving.web import CannotServe
from tests.serving.ports import free_row
from tests.serving.stack import Browser, Reply

DEPLOY = env.ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def variables(text: str) -> set[str]:
    """The variables that an environment file sets."""
    return set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))


def certified(folder: Path) -> None:
    """A key, and a certificate of a day that it signed for itself, as the files that certbot makes."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stepwell.example.org")]),
    )
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(hours=1), not_valid_after=now + timedelta(days=1),
    ).sign(key, hashes.SHA256())  # fmt: skip
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(secret)
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))


@pytest.fixture
def production(tmp_path: Path) -> Path:
    """``stepwell.conf`` and its parts as on a server, with a certificate of this moment and ports that nobody needs root for."""
    parts = tmp_path / "stepwell"
    shutil.copytree(DEPLOY / "nginx", parts)
    made = (parts / "stepwell.conf").read_text()
    made = re.sub(
        r"listen (\[::\]:)?(80|443)",
        lambda found: f"listen 127.0.0.{2 if found[1] else 3}:{8000 + int(found[2])}",
        made,
    )
    made = re.sub(r"/etc/letsencrypt/live/stepwell.example.org", str(tmp_path), made)
    made = re.sub(r"/var/log/nginx", str(tmp_path), made)
    temporary = "".join(
        f"{name}_temp_path {tmp_path};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid; events {{}} http {{ {temporary} {made} }}")
    certified(tmp_path)
    return whole


def test_nginx_takes_what_ships_for_production(has_nginx: None, production: Path) -> None:
    done = subprocess.run(
        [nginx.program(), "-t", "-e", "stderr", "-p", str(production.parent), "-c", str(production)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "[emerg]" not in done.stderr


def test_a_dose_is_never_sent_twice_by_the_proxy() -> None:
    site = (DEPLOY / "nginx" / "site.conf").read_text()
    assert re.search(r"^proxy_next_upstream error;$", site, re.MULTILINE)
    assert not re.search(r"^\s*proxy_next_upstream .*(non_idempotent|timeout|http_)", site, re.MULTILINE)


def test_the_lines_of_the_proxy_carry_no_path() -> None:
    form = (DEPLOY / "nginx" / "http.conf").read_text().split("log_format")[1].split(";")[0]
    told = ["request", "request_uri", "uri", "args", "query_string", "http_referer", "remote_user", "request_body"]
    assert [name for name in told if re.search(rf"\${name}\b", form)] == []


def test_a_folder_that_nginx_would_misread_is_refused_in_words(has_nginx: None, tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="without spaces"):
        nginx.rendered(tmp_path / "a b", bind="127.0.0.1", port=8149, processes=[8150], static=tmp_path)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        name = unit.name.replace("@.", "@1.")
        text = (
            unit.read_text()
            .replace("/srv/stepwell/app/.venv/bin/python", "/bin/true")
            .replace("/srv/stepwell/app", "/tmp")
        )
        (tmp_path / name).write_text(text)
        if name != unit.name:
            (tmp_path / name.replace("@1.", "@2.")).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())],
        capture_output=True, text=True, env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "stepwell" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", [each for each in UNITS if each.suffix == ".service"], ids=lambda each: each.name)
def test_every_service_is_kept_small(unit: Path) -> None:
    text = unit.read_text()
    for line in (
        "User=stepwell",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
        "UMask=0077",
    ):
        assert f"\n{line}\n" in text, line


def test_systemd_waits_for_the_drain() -> None:
    text = (DEPLOY / "systemd" / "stepwell-web@.service").read_text()
    patience = int(re.findall(r"TimeoutStopSec=(\d+)", text)[0])
    assert patience > server.LONGEST + server.SPREAD + server.FAREWELL


def test_every_command_of_a_unit_is_one_of_ours() -> None:
    ours = {each.stem for each in (env.ROOT / "config" / "management" / "commands").glob("*.py")}
    named = {word for unit in UNITS for word in re.findall(r"manage\.py (\w+)", unit.read_text())}
    assert named == {"web", "seal_audit", "backup", "verify_audit"}
    assert named <= ours


def test_the_example_s_variables_are_in_the_handbook() -> None:
    page = (env.ROOT / "docs" / "operators.md").read_text()
    named = variables((DEPLOY / "environment.example").read_text())
    assert {"DATABASE_URL", "SECRET_KEY", "BEHIND_PROXY"} <= named
    assert {name for name in named if f"`{name}`" not in page} == set()


def test_the_shell_takes_the_script() -> None:
    script = DEPLOY / "restart"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["sh", "-n", str(script)]).returncode == 0


def test_where_no_process_answers_the_proxy_says_so_in_words(has_nginx: None, tmp_path: Path) -> None:
    port, dead = free_row(2)
    (tmp_path / "static").mkdir()
    made = nginx.rendered(tmp_path / "nginx", bind="127.0.0.1", port=port, processes=[dead], static=tmp_path / "static")
    child = Child(
        "nginx", nginx.command(made), cwd=Path("/"), env=dict(os.environ), log=tmp_path / "log", account=nginx.account()
    )
    try:
        answer = Reply(0, "", {})
        until = time.monotonic() + 20
        while answer.status == 0 and time.monotonic() < until:
            with contextlib.suppress(OSError):
                answer = Browser().post(
                    f"http://127.0.0.1:{port}/pass/orders/12/34/chart/?q=Featherstonehaugh", key="1"
                )
        while not (tmp_path / "nginx" / "access.log").read_text() and time.monotonic() < until:
            time.sleep(0.02)  # the line is written after the answer
    finally:
        stop([child])
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "5", "no-store")
    assert "downtime packet" in answer.text
    written = "".join(each.read_text() for each in [tmp_path / "log", *(tmp_path / "nginx").glob("*.log")])
    assert '"status":503' in written
    assert "Featherstonehaugh" not in written
    assert "/pass/" not in written
