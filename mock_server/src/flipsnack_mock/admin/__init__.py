"""The control plane at /__admin: JSON over HTTP, with an error shape of its own."""
