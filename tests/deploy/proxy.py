"""Kite behind the real nginx with the files of deploy/ as they are, but for ports and folders."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import urllib3

from tests.parts import ROOT, free_port

NAME = "kite.example"
_MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


@dataclass
class Proxy:
    """A running nginx: its ports, the file of its certificate, and what it logs of requests."""

    http: int
    https: int
    certificate: Path
    log: Path

    @property
    def host(self) -> str:
        """What a browser writes into `Host`."""
        return f"{NAME}:{self.https}"


@contextmanager
def nginx(folder: Path, kite_port: int) -> Iterator[Proxy]:
    """The nginx of deploy/ in front of `kite_port`; ended on leaving."""
    ports = {"80": free_port(), "443": free_port()}
    proxy = Proxy(ports["80"], ports["443"], folder / "kite.crt", folder / "kite.log")
    _make_certificate(folder)
    (folder / "conf.d").mkdir()
    for file in ("kite.conf", "kite-upstream.conf"):
        text = (ROOT / "deploy/nginx" / file).read_text(encoding="utf-8")
        text = re.sub(r"listen (\d+)", lambda found: f"listen 127.0.0.1:{ports[found[1]]}", text)
        text = text.replace("/etc/kite/tls", str(folder)).replace("/var/log/nginx", str(folder))
        text = text.replace("127.0.0.1:8050", f"127.0.0.1:{kite_port}")
        (folder / "conf.d" / file).write_text(text, encoding="utf-8")
    user = "user root;" if os.getuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(_MAIN.format(folder=folder, user=user), encoding="utf-8")
    command = [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(config), "-e", str(folder / "start.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    # Newer ones say that `http2` has become a line of its own, which older ones don't know.
    assert not [line for line in checked.stderr.splitlines() if "[warn]" in line and "http2" not in line]
    process = subprocess.Popen(command)
    try:
        _wait_for(proxy, process)
        yield proxy
    finally:
        process.terminate()
        process.wait(20)


def _make_certificate(folder: Path) -> None:
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    files = ["-keyout", str(folder / "kite.key"), "-out", str(folder / "kite.crt")]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*command, "-days", "2", *subject, *files], check=True, capture_output=True)


def _wait_for(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            Browserless(proxy).ask("GET", "/healthz").read()
            return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.02)
    raise AssertionError(f"nginx ended with {process.returncode}")


@dataclass
class Browserless:
    """A client with cookies that trusts the proxy's certificate alone, and holds it to its name."""

    proxy: Proxy
    cookies: dict[str, str] = field(default_factory=dict)
    set: dict[str, str] = field(default_factory=dict)
    """Cookie → the whole text with which it was set last."""

    def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """The answer, not read yet; redirects are not followed."""
        pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            self.proxy.https,
            ca_certs=str(self.proxy.certificate),
            server_hostname=NAME,
            assert_hostname=NAME,
            retries=False,
        )
        sent = {"Host": self.proxy.host, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            sent |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"https://{self.proxy.host}",
            }
        body = urlencode(form) if form is not None else None
        answer = pool.request(method, path, body=body, headers=sent, redirect=False, preload_content=False)
        for text in answer.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(text).items():
                self.cookies[name], self.set[name] = morsel.value, text
        return answer
