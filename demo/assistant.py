"""A Home Assistant as its frontend sees it: REST, WebSocket and flows."""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp

from .errors import DemoError

type Json = dict[str, Any]

FLOWS = "/api/config/config_entries/flow"
OPTIONS_FLOWS = "/api/config/config_entries/options/flow"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"

_COMMAND_PATIENCE = 60.0
_PAUSE = 0.5


class Assistant:
    """A Home Assistant at an address; an asynchronous context manager that signs out at its end."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client_id = f"{url}/"
        self._session: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._tokens: Json | None = None
        self._last_command = 0

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._socket is not None:
                await self._socket.close()
            if self._tokens is not None:
                # Else every start would add one more session to the user's profile.
                await self._form("/auth/revoke", token=self._tokens["refresh_token"])
        except aiohttp.ClientError, TimeoutError:
            pass  # It is ending itself, and takes the session along.
        finally:
            await self._session.close()

    # --- being there, being known ---------------------------------------------------------------

    async def running(self) -> None:
        """Wait until everything is set up and automations are attached."""
        while True:
            if (await self.command("get_config"))["state"] == "RUNNING":
                return
            await asyncio.sleep(_PAUSE)

    async def create_owner(self, name: str, username: str, password: str) -> None:
        """Create the first user, which completes the onboarding of a furnished home."""
        await self.post(
            "/api/onboarding/users",
            {"client_id": self._client_id, "name": name, "username": username, "password": password, "language": "en"},
        )

    async def sign_in(self, username: str, password: str) -> None:
        """Sign in with a name and a password. Raises DemoError when they are refused."""
        flow = await self.post(
            "/auth/login_flow",
            {"client_id": self._client_id, "handler": ["homeassistant", None], "redirect_uri": self._client_id},
        )
        answer = await self.post(
            f"/auth/login_flow/{flow['flow_id']}",
            {"client_id": self._client_id, "username": username, "password": password},
        )
        if answer["type"] != "create_entry":
            raise DemoError(f"Home Assistant does not know the user {username} with the demo's password any more.")
        self._tokens = await self._form(
            "/auth/token", grant_type="authorization_code", code=answer["result"], client_id=self._client_id
        )
        self._socket = await self._session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0)
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self._tokens["access_token"]})
        await self._socket.receive_json()

    # --- talking --------------------------------------------------------------------------------

    async def get(self, path: str) -> Any:
        """Read a REST resource."""
        return await self._request("GET", path)

    async def post(self, path: str, content: Json) -> Any:
        """Post JSON to a REST resource and return its answer."""
        return await self._request("POST", path, json=content)

    async def command(self, kind: str, **content: Any) -> Any:
        """Send a WebSocket command and return its result. Raises DemoError when it is refused."""
        if self._socket is None:
            raise RuntimeError("Commands need a sign-in first")
        self._last_command += 1
        await self._socket.send_json({"id": self._last_command, "type": kind, **content})
        while True:
            try:
                answer = await self._socket.receive_json(timeout=_COMMAND_PATIENCE)
            except TypeError as error:
                raise aiohttp.ClientConnectionError("Home Assistant closed the connection") from error
            if answer.get("id") == self._last_command and answer.get("type") == "result":
                break
        if not answer["success"]:
            raise DemoError(f"Home Assistant refused the command {kind}: {answer['error']['message']}.")
        return answer["result"]

    async def _form(self, path: str, **content: str) -> Any:
        return await self._request("POST", path, data=content)

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens['access_token']}"} if self._tokens else {}
        async with self._session.request(method, f"{self.url}{path}", headers=headers, **content) as response:
            if not response.ok:
                raise DemoError(
                    f"Home Assistant refused {path} with {response.status}: {(await response.text())[:300]}"
                )
            return await response.json() if response.content_type == "application/json" else None


async def answering(url: str) -> None:
    """Wait until a web server answers with a page."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        while True:
            try:
                async with session.get(url) as response:
                    if response.ok:
                        return
            except aiohttp.ClientError, TimeoutError:
                pass  # Not up yet.
            await asyncio.sleep(_PAUSE)


@dataclass(frozen=True)
class Flow:
    """A configuration flow at one of its steps, walked the way the frontend does it."""

    assistant: Assistant
    path: str
    step: Json

    @classmethod
    async def begin(cls, assistant: Assistant, path: str, handler: str | list[str], **context: str) -> Self:
        """Start a flow: of an integration, of an entry's options, or of a subentry type."""
        return cls(assistant, path, await assistant.post(path, {"handler": handler, **context}))

    @classmethod
    async def resume(cls, assistant: Assistant, path: str, flow_id: str) -> Self:
        """Go on with a flow that has been started by another one."""
        return cls(assistant, path, await assistant.get(f"{path}/{flow_id}"))

    async def choose(self, option: str) -> Self:
        """Choose from the menu."""
        self._require("menu")
        return await self._next({"next_step_id": option})

    async def fill(self, **answers: Any) -> Self:
        """Fill in the form."""
        self._require("form")
        return await self._next(answers)

    @property
    def values(self) -> Json:
        """What the form shows before anybody has typed."""
        shown = {}
        for field in self.step["data_schema"]:
            suggested = (field.get("description") or {}).get("suggested_value", field.get("default"))
            if suggested is not None:
                shown[field["name"]] = suggested
        return shown

    def done(self) -> Json:
        """Return what the flow has made."""
        self._require("create_entry")
        return self.step

    def aborted(self, reason: str) -> None:
        """Require that the flow has ended with this reason."""
        self._require("abort")
        if self.step["reason"] != reason:
            raise DemoError(f"The flow of {self.step['handler']} ended with {self.step['reason']} instead of {reason}.")

    async def _next(self, content: Json) -> Self:
        step = await self.assistant.post(f"{self.path}/{self.step['flow_id']}", content)
        return type(self)(self.assistant, self.path, step)

    def _require(self, kind: str) -> None:
        if self.step["type"] != kind:
            problem = self.step.get("errors") or self.step.get("reason") or self.step.get("step_id")
            raise DemoError(
                f"The flow of {self.step['handler']} answered with a {self.step['type']} ({problem}) where a {kind} was expected."
            )
