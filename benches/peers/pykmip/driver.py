"""PyKMIP beside kmip-client: the driver for `compare`. It needs Python with PyKMIP: pip install pykmip."""

import json
import sys
import time
from importlib.metadata import version

import kmip.core.enums as enums
from kmip.core.messages.messages import RequestMessage, ResponseMessage
from kmip.core.utils import BytearrayStream
from kmip.pie.client import ProxyKmipClient


def timed(times, operation):
    count, start = 0, time.perf_counter_ns()
    for _ in range(int(times)):
        count = operation()
    return {"ns": time.perf_counter_ns() - start, "count": count}


def decode(data):
    message = RequestMessage() if data[2:3] == b"\x78" else ResponseMessage()
    message.read(BytearrayStream(data), kmip_version=enums.KMIPVersion.KMIP_1_4)
    return message


def encode(message):
    stream = BytearrayStream()
    message.write(stream, kmip_version=enums.KMIPVersion.KMIP_1_4)
    return stream.buffer


class Driver:
    message = encoded = b""
    client = None

    def hello(self, _):
        does = ["decode", "encode", "connect"]
        return {"protocol": 1, "name": "PyKMIP", "version": version("pykmip"), "does": does}

    def load(self, path):
        with open(path, "rb") as file:
            self.message = file.read()
        return {"ok": True}

    def decode(self, times):
        return timed(times, lambda: len(decode(self.message).batch_items))

    def encode(self, times):
        message = decode(self.message)

        def once():
            self.encoded = encode(message)
            return len(self.encoded)

        return timed(times, once)

    def save(self, path):
        with open(path, "wb") as file:
            file.write(self.encoded)
        return {"ok": True}

    def judge(self, path):
        with open(path, "rb") as file:
            data = file.read()
        try:
            decode(data)
        except Exception as error:
            return {"accepted": False, "why": str(error)}
        return {"accepted": True}

    def connect(self, where):
        host, port, folder = where.split(" ", 2)
        self.client = ProxyKmipClient(hostname=host, port=int(port), cert=folder + "/client.pem", key=folder + "/client.key",
                                      ca=folder + "/ca.pem", ssl_version="PROTOCOL_TLSv1_2")
        self.client.open()
        return {"ok": True}

    def get(self, what):
        times, identifier = what.split(" ", 1)
        return timed(times, lambda: len(self.client.get(identifier).value))


driver = Driver()
for line in sys.stdin:
    command, _, rest = line.rstrip("\n").partition(" ")
    try:
        answer = getattr(driver, command)(rest)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
