"""Which routes the VPC route tables have, from Kafka alone: pip install kafka-python; python vpc_routes.py BROKER:PORT

routing.vpc-routes.v1 is a table (a compacted topic): the last message of a key stands, one without a value removes it.
"""
import json
import sys

from kafka import KafkaConsumer, TopicPartition

TOPIC = "routing.vpc-routes.v1"

consumer = KafkaConsumer(bootstrap_servers=sys.argv[1], isolation_level="read_committed", auto_offset_reset="earliest", enable_auto_commit=False)
partitions = [TopicPartition(TOPIC, number) for number in consumer.partitions_for_topic(TOPIC)]
consumer.assign(partitions)
ends = consumer.end_offsets(partitions)

table = {}
while any(consumer.position(partition) < ends[partition] for partition in partitions):
    for messages in consumer.poll(timeout_ms=500).values():
        for message in messages:
            key = message.key.decode()
            if message.value is None:
                table.pop(key, None)
                continue
            headers = {name: value.decode() for name, value in message.headers}
            if headers["ce_type"] == "dev.bordergate.vpn.VpcRoutePropagated.v1":  # pass over what you do not know
                table[key] = json.loads(message.value)

for key, route in sorted(table.items()):
    for candidate in route["candidates"]:
        if candidate["effective"]:
            print(route["routeTableId"], route["prefix"], candidate["routeType"], candidate["borderGatewayId"] or "-", candidate["because"])
