"""Runs scim2-tester against SCIM_URL with SCIM_KEY, and prints what it found."""

import json
import os
from importlib.metadata import version

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

client = Client(
    base_url=os.environ["SCIM_URL"],
    headers={"Authorization": f"Bearer {os.environ['SCIM_KEY']}"},
    timeout=60,
)
results = check_server(SyncSCIMClient(client))
findings = [
    [result.title, result.resource_type, str(result.reason)]
    for result in results
    if result.status != Status.SUCCESS
]
passed = sorted({result.title for result in results if result.status == Status.SUCCESS})
print(json.dumps({"version": version("scim2-tester"), "passed": passed, "findings": findings}))
