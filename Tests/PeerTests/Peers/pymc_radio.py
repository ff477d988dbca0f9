"""A MeshCore radio run by pymc_core: a KISS host on one serial device, driven by lines of JSON.

Commands on standard input, one object a line:
  {"do": "advert", "route": "flood"|"direct", "name": …, "lat": …, "lon": …}
  {"do": "group", "text": …}                      a flooded message on the public channel
  {"do": "message", "to": KEY, "path": HEX, "text": …}   a direct message along a path
  {"do": "trace", "path": HEX, "tag": N}          a TRACE along one-byte hashes
  {"do": "login", "to": KEY, "password": …}       a flooded login with a node
  {"do": "status", "to": KEY}                     a flooded request for its status
  {"do": "command", "to": KEY, "text": …}         a flooded command for it
  {"do": "raw", "hex": …}                         a frame as given
  {"do": "quit"}
Events on standard output, one object a line: ready, sent, heard, opened, error. What is encrypted
for this radio by a node it has written to is opened, after it was heard.
"""

import json
import sys
import threading
import time
from types import SimpleNamespace

from pymc_core.hardware.kiss_modem_wrapper import KissModemWrapper
from pymc_core.protocol import CryptoUtils, Identity, LocalIdentity, Packet
from pymc_core.protocol.packet_builder import PacketBuilder

PUBLIC_CHANNEL = [{"name": "Public", "secret": "8b3387e9c5cdea6ac9e5edbaa115cd72"}]

REQUEST_STATUS = 1
TEXT_COMMAND = 1

output = threading.Lock()
secrets = {}
last_time = 0


def unique_time():
    """The time in seconds, later than ever before: what is not later counts as a repetition."""
    global last_time
    last_time = max(int(time.time()), last_time + 1)
    return last_time


PacketBuilder._get_timestamp = staticmethod(unique_time)


def say(event, **fields):
    with output:
        print(json.dumps({"event": event, **fields}, sort_keys=True), flush=True)


def heard(data, rssi=None, snr=None):
    packet = Packet()
    try:
        parsed = packet.read_from(bytes(data))
        say(
            "heard",
            hex=bytes(data).hex(),
            rssi=rssi,
            snr=snr,
            parsed=bool(parsed) if parsed is not None else True,
            route=packet.get_route_type(),
            type=packet.get_payload_type(),
            path=bytes(packet.path).hex(),
            payload=bytes(packet.payload).hex(),
            hash=packet.calculate_packet_hash().hex(),
        )
        open_sealed(packet)
    except Exception as problem:  # what pymc_core cannot read is told, not hidden
        say("heard", hex=bytes(data).hex(), parsed=False, problem=str(problem))


def open_sealed(packet):
    payload = bytes(packet.payload)
    if packet.get_payload_type() not in (1, 2, 8):
        return
    for key, secret in secrets.items():
        if payload[1] == key[0]:
            plaintext = CryptoUtils.mac_then_decrypt(secret[:16], secret, payload[2:])
            say("opened", type=packet.get_payload_type(), plaintext=plaintext.hex())


def build(command, identity):
    kind = command["do"]
    if kind in ("login", "status", "command"):
        contact = SimpleNamespace(
            public_key=command["to"], type=2, name="node", out_path=b"", out_path_len=-1
        )
        key = bytes.fromhex(command["to"])
        secrets[key] = Identity(key).calc_shared_secret(identity.get_private_key())
        if kind == "login":
            return PacketBuilder.create_login_packet(contact, identity, command["password"])
        if kind == "status":
            return PacketBuilder.create_protocol_request(
                contact, identity, REQUEST_STATUS, bytes(8)
            )[0]
        return PacketBuilder.create_text_message(
            contact, identity, command["text"], message_type="flood", txt_type=TEXT_COMMAND
        )[0]
    if kind == "advert":
        return PacketBuilder.create_advert(
            identity,
            command["name"],
            command.get("lat", 0.0),
            command.get("lon", 0.0),
            flags=command.get("flags", 0x02),
            route_type=command["route"],
        )
    if kind == "group":
        return PacketBuilder.create_group_datagram(
            "Public", identity, command["text"], "pymc", channels_config=PUBLIC_CHANNEL
        )
    if kind == "message":
        contact = SimpleNamespace(public_key=command["to"], out_path=[], out_path_len=-1)
        packet, _ = PacketBuilder.create_text_message(
            contact, identity, command["text"], out_path=list(bytes.fromhex(command["path"]))
        )
        return packet
    if kind == "trace":
        return PacketBuilder.create_trace(
            command["tag"], 0, 0, list(bytes.fromhex(command["path"]))
        )
    raise ValueError(f"no such command: {kind}")


def main():
    identity = LocalIdentity(seed=bytes.fromhex(sys.argv[2]))
    radio = KissModemWrapper(
        sys.argv[1],
        on_frame_received=heard,
        radio_config={
            "frequency": 868300000,
            "bandwidth": 250000,
            "spreading_factor": 7,
            "coding_rate": 5,
            "power": 14,
            "kiss_persistence": 255,
            "kiss_slottime_ms": 20,
            "tx_delay_ms": 20,
        },
    )
    if not radio.connect():
        say("error", problem="the modem did not answer")
        return 1
    say("ready", key=identity.get_public_key().hex(), radio=radio.get_radio_config())
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "quit":
            break
        try:
            raw = (
                bytes.fromhex(command["hex"])
                if command["do"] == "raw"
                else bytes(build(command, identity).write_to())
            )
            confirmed = radio.send_frame_and_wait(raw, timeout=20.0)
            say("sent", hex=raw.hex(), confirmed=bool(confirmed), command=command["do"])
        except Exception as problem:
            say("error", problem=repr(problem), command=command["do"])
    radio.disconnect()
    return 0


if __name__ == "__main__":
    sys.exit(main())
