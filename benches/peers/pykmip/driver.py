"""PyKMIP beside kmip-client: the driver for `compare`. It needs Python with PyKMIP: pip install pykmip."""

import json
import sys
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
    count = 0
    if command == "hello":
        return {"protocol": 2, "name": "PyKMIP", "version": version("pykmip")}
    elif command == "message":
        message = bytes.fromhex(words[0] if words else "")
    elif command == "decode":
        for _ in range(int(words[0])):
            count = len(decode().batch_items)
    elif command == "encode":
        typed = decode()
        for _ in range(int(words[0])):
            encoded = encode(typed)
        count = len(encoded)
    elif command == "bytes":
        return {"hex": encoded.hex()}
    elif command == "connect":
        host, port, folder = words
        kms = ProxyKmipClient(host, int(port), f"{folder}/client.pem", f"{folder}/client.key", f"{folder}/ca.pem", "PROTOCOL_TLSv1_2")
        kms.open()
    elif command == "get":
        for _ in range(int(words[0])):
            count = len(kms.get(words[1]).value)
    else:
        return {"error": "not offered"}
    return {"count": count}


for line in sys.stdin:
    try:
        said = answer(*line.strip().split(maxsplit=3))
    except Exception as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(said), flush=True)
