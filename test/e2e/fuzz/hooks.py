"""Deep states for Schemathesis: generated requests name things that exist, and what comes back is counted and searched.

Schemas alone make ids that nobody has and addresses that no pool owns, so almost every request would end at the door. Here a
good share of the valid ones is pointed at the world as it is: ids, addresses and prefixes come from what the API lists and from
what it has just answered. Requests that are wrong on purpose stay as they are. (Schemathesis looks at each request again after
`before_call`, so its own checks know what is valid.)
"""
import atexit
import itertools
import json
import os
import random
import threading
import time
import urllib.request
from collections import Counter, defaultdict

import anyio  # noqa: F401  imported late, in the depth of a thread, it trips over the recursion limit that Hypothesis has raised
import schemathesis
from hypothesis import strategies as st

from world import QUOTAS, World, collection_of, filled

BASE = os.environ["FUZZ_URL"]
REGIONS = os.environ["FUZZ_REGIONS"].split(",")
MARK = os.environ["FUZZ_PSK_MARK"]  # every pre-shared key of this run begins with it
OUT = os.environ["FUZZ_OUT"]
REAL = 0.85  # the share of ids and references that are real
LOOK_EVERY = 8  # requests between two looks at what others have made and deleted
REPORT_EVERY = 5  # seconds

rng = random.Random(os.environ.get("FUZZ_SEED"))
world = World(REGIONS)
lock = threading.Lock()
answers = defaultdict(Counter)  # "GET /v1/…" -> status -> count
slowest = {}  # the same -> seconds


def prefix(address: int, length: int) -> str:
    net = address >> (32 - length) << (32 - length)
    return f"{'.'.join(str(net >> shift & 255) for shift in (24, 16, 8, 0))}/{length}"


schemathesis.openapi.format("ipv4-prefix", st.builds(prefix, st.integers(0, 2**32 - 1), st.integers(1, 32)))


sent = itertools.count(1)
lists = itertools.cycle([(region, collection) for region in REGIONS for collection in World.COLLECTIONS])


def look(region=None, collection=None):
    """The world changes under other hands, too: one list of it is read again. By requests and not by time: a slow machine is not busy with looking. These requests are not counted."""
    if collection is None:
        region, collection = next(lists)
    with urllib.request.urlopen(f"{BASE}/v1/regions/{region}/{collection}?limit=200", timeout=60) as answer:
        items = json.load(answer)["items"]
    with lock:
        world.put(region, collection, items)


@schemathesis.hook
def before_call(context, case, kwargs):
    if next(sent) % LOOK_EVERY == 0:
        look()
    if case.method.upper() == "DELETE" and (collection := collection_of(case.operation.path)) in World.COLLECTIONS:
        for region in REGIONS:
            look(region, collection)  # what nothing needed a minute ago may be in use now
    meta = case.meta
    if meta is None:
        return
    modes = {str(getattr(place, "value", place)): info.mode for place, info in meta.components.items()}
    wrong = {place for place, mode in modes.items() if mode.is_negative}
    with lock:
        region = rng.choices(REGIONS, [6] + [2] * (len(REGIONS) - 1))[0]
        parameters = case.path_parameters or {}
        deleting = case.method.upper() == "DELETE"
        if deleting:
            region = world.region_with_unneeded(case.operation.path, rng) or region
        if not wrong & {"path", "path_parameters"}:
            if "type" in parameters and rng.random() < REAL:
                parameters["type"] = rng.choice(QUOTAS)
            if "region" in parameters and rng.random() < 0.95:
                parameters["region"] = region
            if "id" in parameters and rng.random() < REAL:
                parameters["id"] = world.id_for(case.operation.path, parameters.get("region"), rng, deleting=deleting) or parameters["id"]
            if "customerIp" in parameters and rng.random() < REAL:
                parameters["customerIp"] = world.customer_ip(rng) or parameters["customerIp"]
        if "body" not in wrong and isinstance(case.body, dict) and rng.random() < REAL + 0.1:
            case.body = filled(case.operation.path, case.body, world.of(parameters.get("region", region)), world, rng, MARK, parameters.get("id"))
        if "query" not in wrong and case.query is not None and rng.random() < REAL:
            world.fill_query(case.operation.path, case.query, parameters.get("region", region), rng, parameters.get("id"))
        headers = case.headers or {}
        if "header" not in wrong and "headers" not in wrong:
            if "If-Match" in headers and rng.random() < 0.8:
                del headers["If-Match"]
            if "Idempotency-Key" in headers and rng.random() < 0.9:
                del headers["Idempotency-Key"]


@schemathesis.hook
def after_call(context, case, response):
    operation = f"{case.method.upper()} {case.operation.path}"
    if case.method.upper() != case.operation.method.upper():
        operation = "methods that a path has not"
    seconds = response.elapsed
    with lock:
        answers[operation][response.status_code] += 1
        slowest[operation] = max(slowest.get(operation, 0), seconds)
        world.learn(case, response)


@schemathesis.check
def no_secret_outside_its_verbs(ctx, response, case):
    """A pre-shared key is shown by two verbs and by nothing else."""
    told = case.operation.path.endswith((":revealPsk", ":clientConfig")) and case.method.upper() == "POST" and response.status_code == 200
    if not told and MARK.encode() in response.content:
        raise AssertionError(f"the answer has a pre-shared key in it: {response.content[:500]!r}")


def report():
    """Whole at any time: the figures are read while they grow."""
    with lock, open(f"{OUT}.new", "w") as file:
        json.dump({"answers": answers, "slowest": slowest}, file)
    os.replace(f"{OUT}.new", OUT)


def reporting():
    while True:
        time.sleep(REPORT_EVERY)
        report()


for _ in range(len(REGIONS) * len(World.COLLECTIONS)):
    look()
atexit.register(report)
threading.Thread(target=reporting, daemon=True).start()
