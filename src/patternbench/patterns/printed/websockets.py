"""Section 5.6, WebSocket support, as the guide prints it.

Changed: the endpoint is registered on an application by `register`, as the guide's `app` is another section's. Nothing
was added, and nothing is mocked.

Defects kept: a client that leaves during a broadcast ends it with a RuntimeError; a dead one ends it for all behind it;
a slow one holds all others up; a second client under one id is thrown out with the first; what is no JSON leaves its
connection registered; each message is written as JSON once per client.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D102

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


class ConnectionManager:
    """WebSocket connection manager."""

    def __init__(self) -> None:
        self.active_connections: dict[str, WebSocket] = {}

    async def connect(self, websocket: WebSocket, client_id: str) -> None:
        await websocket.accept()
        self.active_connections[client_id] = websocket

    def disconnect(self, client_id: str) -> None:
        self.active_connections.pop(client_id, None)

    async def send_personal(self, message: Any, client_id: str) -> None:
        websocket = self.active_connections.get(client_id)
        if websocket:
            await websocket.send_json(message)

    async def broadcast(self, message: Any) -> None:
        for websocket in self.active_connections.values():
            await websocket.send_json(message)


manager = ConnectionManager()


async def websocket_endpoint(websocket: WebSocket, client_id: str) -> None:
    """Answer each message, until the client leaves."""
    await manager.connect(websocket, client_id)
    try:
        while True:
            data = await websocket.receive_json()
            # Process message
            response = {"received": data, "client": client_id}
            await manager.send_personal(response, client_id)
    except WebSocketDisconnect:
        manager.disconnect(client_id)
        await manager.broadcast({"event": "disconnect", "client": client_id})


def register(app: FastAPI) -> None:
    """Added; serve the endpoint under the guide's address."""
    app.websocket("/ws/{client_id}")(websocket_endpoint)
