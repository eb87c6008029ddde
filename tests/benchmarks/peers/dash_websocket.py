"""Fan-out the way Dash does it: a persistent WebSocket callback per screen, which pushes with `set_props`.

    .venv-peer/bin/python -m tests.benchmarks.peers.dash_websocket REDIS_URL STREAM PORT

Written as https://dash.plotly.com/websocket-callbacks recommends: FastAPI backend,
`websocket_callbacks=True`, an async callback without inputs and outputs that lives as long as the connection
(async ones run on the event loop since Dash 4.4.0; its release notes warn of others), `set_props` for what is
new, and a look at `ctx.websocket.is_shutdown`. One reader of Redis
serves all of them, and the server is uvicorn with its fast parts (uvloop, httptools), as for any FastAPI
application.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
from typing import Any

import redis.asyncio
import uvicorn
from dash import Dash, ctx, dcc, html, set_props

COMPONENT = "frame"
BLOCK_MS = 60_000  # longer than the client would wait for an answer by itself, which would end the feed


class Feed:
    """The newest entries of a stream, read once for all screens."""

    def __init__(self, url: str, stream: str) -> None:
        self._url, self._stream = url, stream
        self._reader: asyncio.Task[None] | None = None
        self._waiting: asyncio.Future[list[dict[str, str]]] | None = None

    async def next(self) -> list[dict[str, str]]:
        """Wait for the next entries; nothing can be missed by who asks again at once."""
        loop = asyncio.get_running_loop()
        if self._reader is None:
            self._reader = loop.create_task(self._read())
        if self._waiting is None:
            self._waiting = loop.create_future()
        return await asyncio.shield(self._waiting)

    async def _read(self) -> None:
        client = redis.asyncio.Redis.from_url(self._url, socket_timeout=2 * BLOCK_MS / 1000)
        after: Any = "$"
        while True:
            for _, entries in await client.xread({self._stream: after}, block=BLOCK_MS) or []:
                after = entries[-1][0]
                messages = [
                    {"id": name.decode(), "frame": base64.b64encode(fields[b"frame"]).decode()}
                    for name, fields in entries
                ]
                waiting, self._waiting = self._waiting, None
                if waiting is not None:
                    waiting.set_result(messages)


def app(feed: Feed) -> Dash:
    """A page that shows nothing: the browser's share of the work is none here either."""
    dash = Dash(__name__, backend="fastapi", websocket_callbacks=True)
    dash.layout = html.Div([dcc.Store(id=COMPONENT)])

    @dash.callback(persistent=True)
    async def live() -> None:
        while not ctx.websocket.is_shutdown:
            for message in await feed.next():
                set_props(COMPONENT, {"data": message})

    return dash


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("stream")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    server: Any = app(Feed(options.url, options.stream)).server
    uvicorn.run(server, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
