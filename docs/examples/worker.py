#!/usr/bin/env python3
"""A worker: serves the agent "backwards", which says the words of a prompt from the last to the first.

Needs the package websockets (Debian: python3-websockets). HOLDFAST_URL and HOLDFAST_TOKEN say where and as whom.
"""
import asyncio
import json
import os

import websockets

URL = os.environ.get("HOLDFAST_URL", "ws://127.0.0.1:8079/ws")
TOKEN = os.environ.get("HOLDFAST_TOKEN", "dev-token")
AGENTS = [{"agent_id": "backwards", "description": "says it backwards", "max_runs": 100}]
runs = {}
socket = None


async def say(run_id, **event):
    """Reports on a run; waits for a connection where there is none."""
    while True:
        try:
            return await socket.send(json.dumps({"type": "report", "run_id": run_id, "data": event}))
        except (AttributeError, websockets.ConnectionClosed):
            await asyncio.sleep(0.1)


async def work(run):
    for word in reversed(run["prompt"].split()):
        await say(run["run_id"], token=word + " ")
        await asyncio.sleep(0.01)
    await say(run["run_id"], done=True)


async def main():
    global socket
    session = None
    while True:
        try:
            async with websockets.connect(URL) as socket:
                await socket.send(json.dumps({"type": "connect", "token": TOKEN, "session_id": session}))
                async for text in socket:
                    frame = json.loads(text)
                    kind = frame["type"]
                    if kind == "connected":
                        session = frame["session_id"]
                        if not frame["resumed"]:
                            await socket.send(json.dumps({"type": "serve", "agents": AGENTS}))
                    elif kind == "run_assigned" and frame["run_id"] not in runs:
                        runs[frame["run_id"]] = asyncio.create_task(work(frame))
                    elif kind == "run_cancelled" and frame["run_id"] in runs:
                        runs[frame["run_id"]].cancel()
        except (OSError, websockets.WebSocketException):
            await asyncio.sleep(0.5)


asyncio.run(main())
