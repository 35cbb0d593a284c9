import requests

from flipsnack_client import Flipsnack
from flipsnack_mock.testing import MockServer

with MockServer() as fake:
    client = Flipsnack("test-1", "secret-test-1", base_url=fake.base_url)
    link = client.download_html("mock-complete").wait().resource_url
    assert requests.get(link).status_code == 200
    fake.admin.account("test-1").clock.advance(60)  # seconds
    assert requests.get(link).status_code == 403
