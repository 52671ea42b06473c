"""PyKMIP beside kmip-client: the driver for `compare`. It needs Python with PyKMIP: pip install pykmip."""

import json
import sys
import time
from importlib.metadata import version

from kmip.core.enums import KMIPVersion
from kmip.core.messages.messages import RequestMessage, ResponseMessage
from kmip.core.utils import BytearrayStream
from kmip.pie.client import ProxyKmipClient

message = encoded = b""
kms = None


def decode():
    typed = RequestMessage() if message[2:3] == b"\x78" else ResponseMessage()
    typed.read(BytearrayStream(message), kmip_version=KMIPVersion.KMIP_1_4)
    return typed


def encode(typed):
    stream = BytearrayStream()
    typed.write(stream, kmip_version=KMIPVersion.KMIP_1_4)
    return stream.buffer


def answer(command, *words):
    global message, encoded, kms
    if command == "hello":
        return {"protocol": 2, "name": "PyKMIP", "version": version("pykmip")}
    if command == "message":
        message = bytes.fromhex(words[0] if words else "")
        return {}
    if command == "bytes":
        return {"hex": encoded.hex()}
    if command == "connect":
        host, port, folder = words
        kms = ProxyKmipClient(host, int(port), f"{folder}/client.pem", f"{folder}/client.key", f"{folder}/ca.pem", "PROTOCOL_TLSv1_2")
        kms.open()
        return {}
    if command == "decode":
        operation = lambda: decode().batch_items
    elif command == "encode":
        typed = decode()
        operation = lambda: encode(typed)
    elif command == "get":
        operation = lambda: kms.get(words[1]).value
    else:
        return {"error": "not offered"}
    start = time.perf_counter_ns()
    for _ in range(int(words[0])):
        last = operation()
    took = time.perf_counter_ns() - start
    if command == "encode":
        encoded = last
    return {"ns": took, "count": len(last)}


for line in sys.stdin:
    try:
        said = answer(*line.strip().split(maxsplit=3))
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(said), flush=True)
