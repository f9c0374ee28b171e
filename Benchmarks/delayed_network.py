#!/usr/bin/env python3
"""Machines in a slow network, on one machine: ranks of MPI that talk over TCP with a delay and a rate. Linux, as root.

    Benchmarks/delayed_network.py --delay 1ms                             # what the network itself does
    Benchmarks/delayed_network.py --delay 1ms --rate 1gbit -- COMMAND     # as one rank on each of two machines, by mpirun

Each machine is a network namespace with a name and a TUN device of its own; they share the disk, the memory and the
processors of this machine. A relay takes packets from each device, lets them pass at the rate of a sender's cable, and
hands them on after the delay; nothing is lost. With --netem the kernel's own tc netem does so, between devices of a bridge,
where the kernel has it. Everything ends with this program.

The relay is one thread of Python before all others (SCHED_FIFO), which takes processor time from the ranks. Packets are
large (--mtu 65000), so that it keeps up. TCP's windows stay open when a connection rests (tcp_slow_start_after_idle = 0):
else each step would begin by finding the rate of the link anew.
"""
import argparse
import collections
import ctypes
import fcntl
import os
import re
import select
import signal
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time

DEVICE, NETWORK = "link0", "10.213.0."
LIBC = ctypes.CDLL(None, use_errno=True)
NEW_NETWORK, NEW_NAME = 0x40000000, 0x04000000


def checked(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def end_with_parent():
    LIBC.prctl(1, signal.SIGKILL)


def seconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit]


def rate(text):
    """Bytes a second."""
    number, unit = re.fullmatch(r"([\d.]+)([mg])bit", text).groups()
    return float(number) * {"m": 1e6, "g": 1e9}[unit] / 8


def ip(*arguments, tool="ip"):
    subprocess.run([tool, *map(str, arguments)], check=True)


class DelayedNetwork:
    """Machines 0, 1, … while in `with`. `relay` and `machines` are the processes that hold it."""

    def __init__(self, count=2, delay=0.0, rate=None, mtu=65000, netem=False):
        self.count, self.delay, self.rate, self.mtu, self.netem = count, delay, rate, mtu, netem

    def __enter__(self):
        incoming, outgoing = os.pipe()
        self.relay = os.fork()
        if self.relay == 0:
            try:
                os.close(incoming)
                end_with_parent()
                self.run(outgoing)
            except BaseException as error:
                print(f"relay: {error!r}", file=sys.stderr)
            os._exit(1)
        os.close(outgoing)
        with os.fdopen(incoming) as pipe:
            words = pipe.readline().split()
        if not words:
            raise SystemExit("The network could not be made: this needs root, namespaces and /dev/net/tun.")
        self.machines = [int(word) for word in words]
        return self

    def __exit__(self, *_):
        os.kill(self.relay, signal.SIGKILL)
        os.waitpid(self.relay, 0)

    def address(self, machine):
        return NETWORK + str(machine + 1)

    # The relay.

    def run(self, outgoing):
        (self.bridge if self.netem else self.tunnels)(outgoing)

    def machine(self, number, device):
        """Makes a machine around this process, and leaves one that holds it."""
        checked(LIBC.unshare(NEW_NETWORK | NEW_NAME))
        socket.sethostname(f"machine{number}")
        result = device()
        with open("/proc/sys/net/ipv4/tcp_slow_start_after_idle", "w") as file:
            file.write("0")
        ip("link", "set", "lo", "up")
        holder = os.fork()
        if holder == 0:
            end_with_parent()
            while True:
                signal.pause()
        return holder, result

    def set_up(self, number):
        ip("address", "add", self.address(number) + "/24", "dev", DEVICE)
        ip("link", "set", DEVICE, "mtu", self.mtu, "txqueuelen", 10000, "up")

    def tunnels(self, outgoing):
        def tunnel(number):
            device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", DEVICE.encode(), 0x0001 | 0x1000))
            self.set_up(number)
            return device
        holders, devices = zip(*(self.machine(number, lambda: tunnel(number)) for number in range(self.count)))
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        except OSError:
            print("The relay may be late: it is scheduled like others.", file=sys.stderr)
        os.write(outgoing, (" ".join(map(str, holders)) + "\n").encode())
        os.close(outgoing)
        queues = {device: collections.deque() for device in devices}
        free = dict.fromkeys(devices, 0.0)
        per_byte = 1 / self.rate if self.rate else 0.0
        while True:
            # One packet of each queue at a time, so that what has come is stamped soon.
            now, wait = time.perf_counter(), None
            for queue in queues.values():
                if queue and queue[0][0] <= now:
                    _, target, packet = queue.popleft()
                    os.write(target, packet)
                if queue:
                    wait = min(max(0, queue[0][0] - now), 1 if wait is None else wait)
            for device in select.select(devices, [], [], wait)[0]:
                try:
                    for _ in range(8):
                        packet = os.read(device, 65536)
                        if packet[0] >> 4 != 4 or not 0 < packet[19] <= self.count:
                            continue
                        free[device] = max(time.perf_counter(), free[device]) + len(packet) * per_byte
                        queues[device].append((free[device] + self.delay, devices[packet[19] - 1], packet))
                except BlockingIOError:
                    pass

    def bridge(self, outgoing):
        """The same by the kernel: a bridge in a namespace of its own, and netem on each machine's device."""
        checked(LIBC.unshare(NEW_NETWORK))
        ip("link", "add", "bridge0", "mtu", self.mtu, "type", "bridge")
        ip("link", "set", "bridge0", "up")
        with open("/proc/self/ns/net") as home:
            def device(number):
                ip("link", "add", DEVICE, "type", "veth", "peer", f"port{number}", "mtu", self.mtu)
                ip("link", "set", f"port{number}", "netns", os.getppid_of_bridge)
                self.set_up(number)
            raise NotImplementedError
