import hashlib
from pathlib import Path

import requests

params = {"action": "collection.downloadHTML", "apiKey": "test-demo", "collectionHash": "mock-complete"}
text = "secret-test-demo" + "".join(name + params[name] for name in sorted(params))
params["signature"] = hashlib.md5(text.encode()).hexdigest()

answer = requests.get("http://localhost:3547/v1/", params=params).json()
print(answer["code"], answer["data"]["status"])
Path("package.zip").write_bytes(requests.get(answer["data"]["resourceUrl"]).content)
