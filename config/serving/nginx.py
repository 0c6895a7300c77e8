"""Renders the proxy's configuration that ships (``deploy/nginx/``) for this folder and these ports."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from config import embedded, env
from config.serving.web import CannotServe

DEPLOY = env.ROOT / "deploy" / "nginx"
PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx")  # not on everybody's PATH


def program() -> str:
    """Where nginx is. Raises CannotServe."""
    found = shutil.which("nginx") or next((place for place in PLACES if os.access(place, os.X_OK)), None)
    if found is None:
        raise CannotServe(
            "nginx is not installed. Install it (apt-get install nginx-light), and run the same command again."
        )
    return found


def account() -> pwd.struct_passwd | None:
    """Whose process it is: ours, but nobody's where we are root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def rendered(folder: Path, *, bind: str, port: int, processes: Sequence[int], static: Path) -> Path:
    """Write the configuration into ``folder`` and let nginx read it; the file. Raises CannotServe where it is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"server 127.0.0.1:{each} max_fails=0;\n" for each in processes]
    (folder / "processes.conf").write_text("".join(lines))
    text = (DEPLOY / "serve.conf.in").read_text()
    known = {
        "FOLDER": folder,
        "DEPLOY": DEPLOY,
        "STATIC": static,
        "BIND": f"[{bind}]" if ":" in bind else bind,
        "PORT": port,
    }
    for name, value in known.items():
        if any(sign in str(value) for sign in " ;{}'\"$"):
            raise CannotServe(
                f"{value} cannot stand in nginx's configuration. Choose a folder without spaces and signs."
            )
        text = text.replace(f"@{name}@", str(value))
    made = folder / "nginx.conf"
    made.write_text(text)
    for place in (folder, static, DEPLOY):
        _readable(place)
    _checked(made, folder)
    return made


def command(made: Path) -> list[str]:
    """What starts it, in the foreground."""
    return [program(), "-e", str(made.parent / "error.log"), "-p", str(made.parent), "-c", str(made)]


def _readable(place: Path) -> None:
    """As root, nginx is nobody's: give it its folder, and let it walk to the others."""
    if os.geteuid() != 0:
        return
    if place.name == "nginx" and place != DEPLOY:
        embedded.hand_over(place)
    embedded.let_through(place / "any")


def _checked(made: Path, folder: Path) -> None:
    who = account()
    user = {} if who is None else {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": list[int]()}
    done = subprocess.run(  # noqa: S603
        [*command(made), "-t", "-q"],
        capture_output=True,
        text=True,
        cwd="/",
        **user,  # type: ignore[call-overload]
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "[emerg]" in line] or ["it said nothing"]
        raise CannotServe(f"nginx refuses its configuration: {said[-1]}")
