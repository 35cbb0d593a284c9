"""The fake's container for `testcontainers` (extra `testcontainers`)."""

from typing import Any

import msgspec
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from flipsnack_mock import __version__
from flipsnack_mock.state.settings import ENVIRONMENT_PREFIX, load_settings
from flipsnack_mock.testing.admin_client import AdminClient

IMAGE = f"flipsnack-mock:{__version__}"
PORT = 3547


class FlipsnackMockContainer(DockerContainer):
    """A fake in a container, ready when `start()` returns.

    `settings` are those of `flipsnack-mock settings`; the container gets them as environment variables. Raises
    `SettingsError` for an invalid one, before anything is started.
    """

    def __init__(self, image: str = IMAGE, **settings: Any) -> None:
        """Prepare a container of `image` with these settings."""
        loaded, _ = load_settings(flags={}, environment={}, file=None, arguments=settings)
        super().__init__(image)
        self._token = loaded.admin_token
        self.with_exposed_ports(PORT)
        for name in settings:
            self.with_env(ENVIRONMENT_PREFIX + name.upper(), _text(getattr(loaded, name)))
        self.waiting_for(HttpWaitStrategy(PORT, "/health").for_status_code(200))

    @property
    def url(self) -> str:
        """Scheme, host and mapped port of the running container."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    @property
    def base_url(self) -> str:
        """The API URL for clients, instead of https://api.flipsnack.com/v1/."""
        return f"{self.url}/v1/"

    @property
    def admin(self) -> AdminClient:
        """The control plane of the running container."""
        return AdminClient(self.url, token=self._token)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
