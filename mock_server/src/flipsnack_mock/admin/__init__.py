"""The control plane at /__admin: JSON over HTTP, with an error shape of its own."""

from flipsnack_mock.admin.plane import control_plane

__all__ = ["control_plane"]
