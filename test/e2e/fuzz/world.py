"""What exists at the moment, and requests that speak of it."""
import json

ID = {
    "vpcs": "vpcId", "subnets": "subnetId", "routeTables": "routeTableId", "routePropagations": "propagationId", "vpcRoutes": "vpcRouteId", "borderGateways": "bgwId",
    "vpcAttachments": "vpcAttachmentId", "staticRoutes": "bgwRouteId", "customerGateways": "customerGatewayId", "vpnConnections": "vpnConnectionId", "vpnTunnels": "vpnTunnelId",
    "virtualInterfaces": "vifId", "publicAddresses": "publicAddress",
}
REFERENCE = {**{field: collection for collection, field in ID.items()}, "cgwId": "customerGateways"}

# What may be deleted, by the rules of each (semantics 1.7).
UNNEEDED = {
    "borderGateways": lambda it, here: not it["vpcAttachmentIds"] and not it["vpnConnectionIds"] and not it["vifIds"],
    "customerGateways": lambda it, here: not it["vpnConnectionIds"],
    "vpcs": lambda it, here: all(attachment["vpcId"] != it["vpcId"] for attachment in here["vpcAttachments"].values()),
    "vpnConnections": lambda it, here: not it["vpnTunnelIds"],
    "vpnTunnels": lambda it, here: it["adminStatus"] == "DOWN",
    "publicAddresses": lambda it, here: it["vpnConnectionId"] is None,
    "routeTables": lambda it, here: not it["main"],
}

# The gardener names so what nothing shall need, so that it can be deleted (garden.ts).
SPARE = "spare-"
NAME = {"borderGateways": "bgwName", "customerGateways": "customerGatewayName", "vpcs": "vpcName"}

# The verbs that make parts of the resource in their path.
MADE_BY = {"addTunnels": "vpnTunnels", "addStaticRoutes": "staticRoutes", "addRoutes": "vpcRoutes"}

QUOTAS = ["bgw", "customer_gateway", "vpc", "bgw_route", "bgw_propagated_route", "vpc_attachment", "vpn_connection", "vpn_tunnel", "vpc_subnet", "vpc_route", "vif"]


def collection_of(path):
    return path.removeprefix("/v1/regions/{region}/").split("/")[0]


class World:
    COLLECTIONS = list(ID)

    def __init__(self, regions):
        self.documents = {region: {collection: {} for collection in ID} for region in regions}

    def put(self, region, collection, items):
        self.documents[region][collection] = {item[ID[collection]]: item for item in items}

    def of(self, region):
        return self.documents.get(region) or next(iter(self.documents.values()))

    def any(self, region, collection, rng):
        documents = list(self.of(region)[collection].values())
        return rng.choice(documents) if documents else None

    @staticmethod
    def needed(here, collection):
        """What a request may refer to: all but what is spare."""
        return [it for it in here[collection].values() if not it.get(NAME.get(collection), "").startswith(SPARE)]

    def id_for(self, path, region, rng, deleting=False):
        """An id of the path's collection; when it is to be deleted, rather one that nothing needs, or one of the newest: so the world stays rich."""
        collection = collection_of(path)
        if collection not in ID:
            return None
        if rng.random() < 0.04:
            region = rng.choice(list(self.documents))  # one that exists, elsewhere
        ids = list(self.of(region)[collection])
        if not ids:
            return None
        if not deleting or rng.random() < 0.2:
            return rng.choice(ids)
        unneeded = [id for id, document in self.of(region)[collection].items() if UNNEEDED.get(collection, lambda *_: False)(document, self.of(region))]
        return rng.choice(unneeded or ids[-2:])

    def region_with_unneeded(self, path, rng):
        """A region in which something of the path's collection may be deleted."""
        collection = collection_of(path)
        rule = UNNEEDED.get(collection)
        regions = [region for region, here in self.documents.items() if rule and any(rule(it, here) for it in here[collection].values())]
        return rng.choice(regions) if regions else None

    def customer_ip(self, rng):
        addresses = [address for region in self.documents.values() for gateway in region["customerGateways"].values() for address in gateway["customerIps"]]
        return rng.choice(addresses) if addresses else None

    def fill_query(self, path, query, region, rng, owner=None):
        if path.endswith("/explain") and not query.keys() & {"address", "prefix"}:
            query["address"] = ""
        collection = collection_of(path)
        document = self.any(region, collection, rng) if collection in ID else None
        for name in list(query):
            if name == "cursor":
                del query[name]  # forged ones are the coverage phase's
            elif name == "parentResourceId" and rng.random() < 0.7:
                del query[name]
            elif name == "device":
                query[name] = rng.choice(["strongswan-frr", "strongswan-bird", "cisco-ios", "huawei-usg", "h3c-msr", "juniper-srx", "fortigate"])
            elif name == "networks":
                query[name] = rng.choice(["192.168.10.0/24", "192.168.10.0/24,10.99.0.0/16"])
            elif name == "address" and "prefix" not in query:
                query[name] = rng.choice(["10.0.1.9", "192.168.1.1", "172.16.0.9", "8.8.8.8"])
            elif name == "prefix":
                query[name] = rng.choice(["10.0.1.0/24", "192.168.0.0/16", "0.0.0.0/0"])
                query.pop("address", None)
            elif name == "routeTableId" and path.endswith("/explain"):
                query[name] = rng.choice(tables_of(owner, self.of(region)) or [query[name]])
            elif name in REFERENCE and (target := self.any(region, REFERENCE[name], rng)):
                query[name] = target[ID[REFERENCE[name]]]
            elif document and name in document:
                query[name] = str(document[name])

    def learn(self, case, response):
        region = (case.path_parameters or {}).get("region")
        collection = collection_of(case.operation.path)
        if region not in self.documents or collection not in ID:
            return
        here = self.documents[region]
        if response.status_code in (200, 201) and case.method.upper() != "HEAD":
            document = json.loads(response.content) if response.headers.get("content-type", [""])[0].startswith("application/json") else {}
            kind = MADE_BY.get(case.operation.path.rpartition(":")[2], collection)
            for item in document.get("items", [document]):
                if ID[kind] in item and "createdTime" in item:
                    here[kind][item[ID[kind]]] = item
        elif response.status_code in (204, 404):
            here[collection].pop((case.path_parameters or {}).get("id"), None)


def tables_of(vpc, here):
    return [table["routeTableId"] for table in here["routeTables"].values() if table["vpcId"] == vpc]


def attached(table, here):
    """The gateways that a route of this table may lead to."""
    vpc = here["routeTables"].get(table, {}).get("vpcId")
    return [attachment["bgwId"] for attachment in here["vpcAttachments"].values() if attachment["vpcId"] == vpc]


def free_relations(here):
    """Gateways and route tables between which a propagation may be made."""
    taken = {(relation["bgwId"], relation["routeTableId"]) for relation in here["routePropagations"].values()}
    pairs = [(attachment["bgwId"], table) for attachment in here["vpcAttachments"].values() for table in tables_of(attachment["vpcId"], here)]
    return [pair for pair in pairs if pair not in taken] or pairs


def filled(path, body, here, world, rng, mark, owner=None):
    """The body with its references, addresses and prefixes turned into ones that mean something here; `owner` is the id in the path."""
    body = dict(body)
    if path.endswith("/quotas/{type}") and body.get("maxLimit") is not None:
        body["maxLimit"] = rng.choice([None, None, None, 3, 12])  # the world stays rich, and not without end
    if isinstance(body.get("routes"), list):
        body["routes"] = [filled(path, route, here, world, rng, mark, owner) if isinstance(route, dict) else route for route in body["routes"]]

    def one(collection):
        documents = world.needed(here, collection)
        return rng.choice(documents) if documents else {}

    for field, collection in REFERENCE.items():
        if isinstance(body.get(field), str) and (target := one(collection)):
            body[field] = target[ID[collection]]
    if isinstance(body.get("psk"), str):
        body["psk"] = f"{mark}{rng.randrange(10**12)}"
    if "customerIps" in body:
        body["customerIps"] = [f"20.{rng.randrange(4)}.{rng.randrange(256)}.{n + 1}" for n in range(rng.choice([1, 2, 2, 2, 4]))]
    if "publicAddress" in body:
        body.update(publicAddress=f"52.{rng.randrange(4)}.{rng.randrange(256)}.{rng.randrange(1, 255)}", node=rng.choice(["node-1", "node-1", "node-2"]))
    if "cidr" in body:
        vpc = here["vpcs"].get(body.get("vpcId"))
        body["cidr"] = f"{vpc['cidr'].rsplit('.', 2)[0]}.{rng.randrange(256)}.0/24" if vpc else f"10.{rng.randrange(64)}.0.0/16"
    if body.get("subnetIds"):
        body["subnetIds"] = [subnet["subnetId"] for subnet in here["subnets"].values() if subnet["vpcId"] == body.get("vpcId")][:3]
    if "bgwRouteNexthop" in body:
        kind = {"vpc_attachment": "vpcAttachments", "private_vif": "virtualInterfaces"}.get(body.get("bgwRouteNextHopType"), "vpnConnections")
        legs = [leg for leg in here[kind].values() if owner is None or leg["bgwId"] == owner]
        if legs:
            target = rng.choice(legs)
            body["bgwRouteNexthop"] = target[ID[kind]]
            if "bgwId" in body:
                body["bgwId"] = target["bgwId"]
    if "vifIp" in body:
        body["vifIp"] = f"10.254.{rng.randrange(4)}.{rng.randrange(64) * 4}/30"
    if path.endswith("/routePropagations") and (pairs := free_relations(here)):
        body["bgwId"], body["routeTableId"] = rng.choice(pairs)
    if path.endswith((":addRoutes", "/vpcRoutes")) and "bgwId" in body and (gateways := attached(body.get("routeTableId", owner), here)):
        body["bgwId"] = rng.choice(gateways)
    if "/subnets" in path and "routeTableId" in body and (tables := tables_of(body.get("vpcId") or here["subnets"].get(owner, {}).get("vpcId"), here)):
        body["routeTableId"] = rng.choice(tables)
    for field in ("bgwRouteDestination", "destination"):
        if field in body and rng.random() < 0.8:
            body[field] = f"{rng.choice(['192.168', '172.20', '10.200'])}.{rng.randrange(40)}.0/24"
    if "announce" in body:
        body["announce"] = [f"192.168.{rng.randrange(60)}.0/24" for _ in range(rng.randrange(6))] if rng.random() < 0.9 else body["announce"]
    for tunnel in [body, *(body.get("tunnels") or [])]:
        if isinstance(tunnel, dict):
            address_tunnel(tunnel, path, here, world, rng, mark)
    return body


def address_tunnel(tunnel, path, here, world, rng, mark):
    if isinstance(tunnel.get("psk"), str):
        tunnel["psk"] = f"{mark}{rng.randrange(10**12)}"
    if "tunnelIp" in tunnel:
        block = rng.randrange(40) * 4
        tunnel["tunnelIp"] = f"169.254.9.{block}/30"
        if "localTunnelIp" in tunnel:
            tunnel["localTunnelIp"] = f"169.254.9.{block + rng.choice([1, 2])}"
    elif "localTunnelIp" in tunnel and rng.random() < 0.8:
        del tunnel["localTunnelIp"]
    if "cloudPublicIp" in tunnel and "customerIp" in tunnel:
        connection = here["vpnConnections"].get(tunnel.get("vpnConnectionId")) or {}
        gateway = here["customerGateways"].get(connection.get("cgwId")) or {}
        if connection.get("cloudPublicIp") and gateway:
            tunnel.update(cloudPublicIp=rng.choice(connection["cloudPublicIp"]), customerIp=rng.choice(gateway["customerIps"]))
    elif path.endswith(":addTunnels"):
        tunnel.pop("cloudPublicIp", None)
        tunnel.pop("customerIp", None)
