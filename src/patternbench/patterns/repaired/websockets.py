"""Section 5.6, WebSocket support, mended.

What was wrong: a broadcast walked over the connections themselves, so that a client who left meanwhile ended it with a
RuntimeError, and a dead one ended it for all behind it and stayed registered. A slow one held all others up. Two
clients under one id threw each other out. What was no JSON left its connection registered. Each message was written as
JSON once per client.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

_SEND_TIMEOUT_S = 5.0


class ConnectionManager:
    """Who is connected, and what to tell them; a client may be connected more than once.

    Args:
        send_timeout_s: who has not taken a message after so long is let go.
    """

    def __init__(self, send_timeout_s: float = _SEND_TIMEOUT_S) -> None:
        self.active_connections: dict[str, list[WebSocket]] = {}
        self._send_timeout_s = send_timeout_s

    async def connect(self, websocket: WebSocket, client_id: str) -> None:
        """Accept a connection, and keep it."""
        await websocket.accept()
        self.active_connections.setdefault(client_id, []).append(websocket)

    def disconnect(self, client_id: str, websocket: WebSocket) -> None:
        """Let one connection of a client go; the others stay."""
        left = [each for each in self.active_connections.get(client_id, ()) if each is not websocket]
        if left:
            self.active_connections[client_id] = left
        else:
            self.active_connections.pop(client_id, None)

    async def send_personal(self, message: Any, client_id: str) -> None:
        """Tell all connections of one client."""
        await self._send([(client_id, each) for each in self.active_connections.get(client_id, ())], message)

    async def broadcast(self, message: Any) -> None:
        """Tell everybody who is connected now; who cannot be told is let go, and holds nobody up."""
        connections = [(name, each) for name, all_of in self.active_connections.items() for each in all_of]
        await self._send(connections, message)

    async def _send(self, connections: list[tuple[str, WebSocket]], message: Any) -> None:
        text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
        told = await asyncio.gather(*(self._told(each, text) for _, each in connections))
        for (client_id, websocket), arrived in zip(connections, told, strict=True):
            if not arrived:
                self.disconnect(client_id, websocket)

    async def _told(self, websocket: WebSocket, text: str) -> bool:
        try:
            async with asyncio.timeout(self._send_timeout_s):
                await websocket.send_text(text)
        except Exception:  # noqa: BLE001 - whatever a broken connection raises, the others are told
            return False
        return True


manager = ConnectionManager()


async def websocket_endpoint(websocket: WebSocket, client_id: str) -> None:
    """Answer each message, until the client leaves; what is no JSON is answered with an error."""
    await manager.connect(websocket, client_id)
    try:
        while True:
            try:
                data = await websocket.receive_json()
            except json.JSONDecodeError:
                await websocket.send_json({"error": "not JSON"})
                continue
            await websocket.send_json({"received": data, "client": client_id})
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(client_id, websocket)
        await manager.broadcast({"event": "disconnect", "client": client_id})


def register(app: FastAPI) -> None:
    """Serve the endpoint under the guide's address."""
    app.websocket("/ws/{client_id}")(websocket_endpoint)
