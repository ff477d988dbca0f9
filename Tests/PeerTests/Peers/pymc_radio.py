"""A MeshCore radio run by pymc_core: a KISS host on one serial device, driven by lines of JSON.

Commands on standard input, one object a line:
  {"do": "advert", "route": "flood"|"direct", "name": …, "lat": …, "lon": …}
  {"do": "group", "text": …}                      a flooded message on the public channel
  {"do": "message", "to": KEY, "path": HEX, "text": …}   a direct message along a path
  {"do": "trace", "path": HEX, "tag": N}          a TRACE along one-byte hashes
  {"do": "raw", "hex": …}                         a frame as given
  {"do": "quit"}
Events on standard output, one object a line: ready, sent, heard, error.
"""

import json
import sys
import threading
from types import SimpleNamespace

from pymc_core.hardware.kiss_modem_wrapper import KissModemWrapper
from pymc_core.protocol import LocalIdentity, Packet
from pymc_core.protocol.packet_builder import PacketBuilder

PUBLIC_CHANNEL = [{"name": "Public", "secret": "8b3387e9c5cdea6ac9e5edbaa115cd72"}]

output = threading.Lock()


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
    except Exception as problem:  # what pymc_core cannot read is told, not hidden
        say("heard", hex=bytes(data).hex(), parsed=False, problem=str(problem))


def build(command, identity):
    kind = command["do"]
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
