"""The unit files and the proxy's file in docs/deploy: the programs they are for read them, and they do their work."""

import configparser
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.door import LIMIT
from store.migrate import migrate
from tests.door.caller import PATH, SAFE
from tests.processes import PATIENCE, answers, free_port, kill9, running, until

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("lianxin-*.*"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
SECRET = "a-secret-of-the-tests"


def program(name: str) -> str:
    """A program of the system; without it the test is skipped, but in CI that is an error."""
    if found := shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
        return found
    if os.environ.get("CI") == "true":
        raise RuntimeError(f"{name} is not installed")
    pytest.skip(f"{name} is not installed")


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    verify = program("systemd-analyze")
    for path in UNITS:
        text = path.read_text().replace("/opt/lianxin/.venv/bin/lianxin", sys.executable)
        (tmp_path / path.name).write_text(text)

    said = subprocess.run(
        [verify, "verify", *map(str, tmp_path.iterdir())], capture_output=True, text=True, check=False, timeout=60
    )

    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_no_service_runs_as_root_or_writes_where_it_need_not(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path)
    service = unit["Service"]

    assert service["User"] == "lianxin"
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
    assert (service["CapabilityBoundingSet"], service["UMask"]) == ("", "0077")
    assert not any("SECRET" in value for value in service.values())


@pytest.mark.process
def test_nobody_is_refused_while_the_web_part_is_started_anew(tmp_path: Path) -> None:
    """systemd holds the socket: who calls between two processes is answered by the second."""
    url = f"sqlite:///{tmp_path / 'web.db'}"
    migrate(url)
    with socket.create_server(("127.0.0.1", 0)) as held:
        address = f"http://127.0.0.1:{held.getsockname()[1]}/healthz"
        first = started_with(held, tmp_path, url)
        until(lambda: answers(address), "the first process")
        kill9(first)
        with ThreadPoolExecutor() as pool:
            caller = pool.submit(requests.get, address, timeout=PATIENCE)
            second = started_with(held, tmp_path, url)
            answer = caller.result()
        kill9(second)

    assert answer.json()["status"] == "ok"


def started_with(held: socket.socket, folder: Path, url: str) -> subprocess.Popen[bytes]:
    """`lianxin serve` with a socket that stays with us, as systemd hands one over: number 3, told by LISTEN_FDS."""
    command = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "{sys.executable}" -m bot serve 3<&{held.fileno()}'
    root = str(Path(__file__).parents[1])
    ours = {"LIANXIN_DATABASE_URL": url, "LIANXIN_SECRET_KEY": SECRET, "PYTHONPATH": root}
    return subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, **ours},
        pass_fds=[held.fileno()],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


# ---------------------------------------------------------------- nginx


def certificate(folder: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)


def site(folder: Path, behind: int, port: int) -> str:
    """The file as it is shipped, with ports, names of files and waits of this test."""
    certificate(folder)
    text = (DEPLOY / "nginx.conf").read_text()
    for shipped, ours in (
        ("/etc/ssl/bridge.example.org.pem", f"{folder}/cert.pem"),
        ("/etc/ssl/bridge.example.org.key", f"{folder}/key.pem"),
        ("/var/log/nginx", str(folder)),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("timeout 5s", "timeout 1s"),
    ):
        assert shipped in text
        text = text.replace(shipped, ours)
    kept = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("proxy", "client_body", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "site.conf").write_text(text)
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\n{kept}\ninclude {folder}/site.conf;\n}}\n"
    )
    return str(main)


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    said = subprocess.run(
        [program("nginx"), "-t", "-c", site(tmp_path, free_port(), free_port())],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert said.returncode == 0, said.stderr
    assert "[warn]" not in said.stderr


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx with the shipped file before a real `lianxin serve`; the port of nginx."""
    nginx, folder = program("nginx"), tmp_path_factory.mktemp("proxied")
    folder.chmod(0o755)
    url, behind, port = f"sqlite:///{folder / 'web.db'}", free_port(), free_port()
    migrate(url)
    ours = {"LIANXIN_DATABASE_URL": url, "LIANXIN_SECRET_KEY": SECRET, "PORT": str(behind)}
    ours["LIANXIN_WEB_PROCESSES"] = "1"
    main = site(folder, behind, port)
    with running(folder, "serve", **SAFE, **ours):
        until(lambda: answers(f"http://127.0.0.1:{behind}/healthz"), "the web process")
        proxy = subprocess.Popen([nginx, "-c", main])
        until(lambda: status(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "nginx")
        yield port
        proxy.terminate()
        proxy.wait()


def status(port: int, head: bytes) -> int:
    """The status nginx answers with; 0 while there is none, and where it hangs up without a word."""
    try:
        with talking(port) as line:
            line.sendall(head)
            return int((line.recv(99) or b"HTTP/1.1 0").split()[1])
    except OSError:
        return 0


def talking(port: int) -> socket.socket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=20))


HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()


@pytest.mark.process
def test_those_who_send_a_byte_and_wait_keep_nobody_from_being_answered(proxied: int) -> None:
    """More of them than there are threads behind the proxy: a direct port would be deaf now."""
    slow = [talking(proxied) for _ in range(20)]
    for line in slow:
        line.sendall(HEAD + b"Content-Length: 5\r\n\r\n<")

    assert status(proxied, HEAD + b"Content-Length: 5\r\n\r\n<xml>") == 403

    for line in slow:
        assert b"408" in line.recv(99) or line.recv(1) == b""
        line.close()


@pytest.mark.process
@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        (HEAD + f"Content-Length: {LIMIT + 1}\r\n\r\n".encode(), 413),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"11000\r\n" + b"x" * 0x11000 + b"\r\n0\r\n\r\n", 413),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
    ],
    ids=["too long", "too long in chunks", "healthz", "metrics", "root"],
)
def test_only_what_phones_and_platforms_need_is_passed_on(proxied: int, request_line: bytes, expected: int) -> None:
    assert status(proxied, request_line) == expected
