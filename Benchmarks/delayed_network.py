#!/usr/bin/env python3
"""Machines in a slow network, on one machine: ranks of MPI that talk over TCP with a delay and a rate. Linux, as root.

    Benchmarks/delayed_network.py --delay 1ms                             # what the network itself does
    Benchmarks/delayed_network.py --delay 1ms --rate 1gbit -- COMMAND     # as one rank on each of two machines, by mpirun

Each machine is a network namespace with a name and a TUN device of its own; they share the disk, the memory and the
processors of this machine. A relay takes packets from each device, lets them pass at the rate of a sender's cable, and
hands them on after the delay; nothing is lost. With --netem the kernel's own tc netem does so, between devices of a bridge,
where the kernel has it. All that runs there ends with this program.

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


def reader(**units):
    """Reads a number with one of some units."""
    def read(text):
        unit = next((unit for unit in units if text.endswith(unit)), "none")
        return float(text.removesuffix(unit)) * units.get(unit, 1)
    return read


seconds = reader(us=1e-6, ms=1e-3, s=1)
rate = reader(mbit=1e6 / 8, gbit=1e9 / 8)  # bytes a second


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
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                (self.bridge if self.netem else self.tunnels)(outgoing)
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
        """Ends all that still runs on the machines."""
        homes = {os.readlink(f"/proc/{machine}/ns/net") for machine in self.machines}
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{process}/ns/net") in homes:
                    os.kill(int(process), signal.SIGKILL)
            except OSError:
                pass
        os.waitpid(self.relay, 0)

    def address(self, machine):
        return NETWORK + str(machine + 1)

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
        """The same by the kernel: netem on each machine's device, and a bridge in a namespace of its own."""
        bridge, _ = self.machine("-bridge", lambda: ip("link", "add", "bridge0", "type", "bridge"))
        within = ["-t", bridge, "-n", "ip", "link", "set"]
        ip(*within, "bridge0", "up", tool="nsenter")

        def device(number):
            ip("link", "add", DEVICE, "mtu", self.mtu, "type", "veth", "peer", f"port{number}", "netns", bridge)
            ip(*within, f"port{number}", "mtu", self.mtu, "master", "bridge0", "up", tool="nsenter")
            self.set_up(number)
            limit = ["rate", f"{8 * self.rate:.0f}bit"] if self.rate else []
            ip("qdisc", "add", "dev", DEVICE, "root", "netem", "limit", 100000, "delay", f"{self.delay * 1e6:.0f}us", *limit,
               tool="tc")
        holders = [self.machine(number, lambda: device(number))[0] for number in range(self.count)]
        os.write(outgoing, (" ".join(map(str, holders)) + "\n").encode())
        while True:
            signal.pause()

    # What it does.

    def socket(self, machine, kind):
        """A socket of a machine, where it stays."""
        with open("/proc/self/ns/net") as home, open(f"/proc/{self.machines[machine]}/ns/net") as there:
            checked(LIBC.setns(there.fileno(), 0))
            try:
                return socket.socket(socket.AF_INET, kind)
            finally:
                checked(LIBC.setns(home.fileno(), 0))

    def round_trips(self, count=200):
        """Seconds of each of some round trips of 64 bytes between the first two machines."""
        ends = [self.socket(machine, socket.SOCK_DGRAM) for machine in (0, 1)]
        for machine, end in enumerate(ends):
            end.bind((self.address(machine), 4000))
        times = []
        for _ in range(count):
            begun = time.perf_counter()
            for here, there in ((0, 1), (1, 0)):
                ends[here].sendto(bytes(64), (self.address(there), 4000))
                ends[there].recv(100)
            times.append(time.perf_counter() - begun)
            time.sleep(0.002)
        for end in ends:
            end.close()
        return times

    def stream(self, size, times=8):
        """Seconds until `size` bytes have come by TCP, both ways at once as ranks send, and the processor seconds that it
        took in all: the relay's, the senders' and the receivers'."""
        pairs = []
        for here, there in ((0, 1), (1, 0)):
            listener = self.socket(there, socket.SOCK_STREAM)
            listener.bind((self.address(there), 0))
            listener.listen()
            sender = self.socket(here, socket.SOCK_STREAM)
            sender.connect(listener.getsockname())
            sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pairs.append((sender, listener.accept()[0]))
            listener.close()
        content, results = bytes(size), []

        def take(receiver):
            rest, buffer = size, bytearray(1 << 20)
            while rest:
                rest -= receiver.recv_into(buffer, min(rest, len(buffer)))
        for _ in range(times):
            threads = [threading.Thread(target=pair[0].sendall, args=(content,), daemon=True) for pair in pairs]
            threads += [threading.Thread(target=take, args=(pair[1],), daemon=True) for pair in pairs]
            begun, spent = time.perf_counter(), time.process_time() + self.relay_seconds()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            results.append((time.perf_counter() - begun, time.process_time() + self.relay_seconds() - spent))
        for pair in pairs:
            for end in pair:
                end.close()
        return [statistics.median(column) for column in zip(*results)]

    def relay_seconds(self):
        """Processor seconds of the relay."""
        with open(f"/proc/{self.relay}/stat") as file:
            return sum(map(int, file.read().rsplit(")")[-1].split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def bytes_sent(self):
        """Bytes that each machine has sent."""
        sent = []
        for process in self.machines:
            with open(f"/proc/{process}/net/dev") as file:
                sent.append(int(re.search(DEVICE + r":(.*)", file.read()).group(1).split()[8]))
        return sent

    def mpirun(self, command):
        """What runs a command as one rank on each machine. Hosts have names of their own, so that ranks do not find that
        they share memory."""
        agent = f"{sys.executable} {os.path.abspath(__file__)} --agent {','.join(map(str, self.machines))}"
        settings = {"plm_rsh_agent": agent, "plm_rsh_no_tree_spawn": 1, "btl": "tcp,self", "pml": "ob1",
                    "btl_tcp_if_include": DEVICE, "oob_tcp_if_include": DEVICE}
        hosts = ",".join(self.address(machine) for machine in range(self.count))
        return [*within(self.machines[0]), "mpirun", "--allow-run-as-root", "--bind-to", "none", "-np", str(self.count),
                "--host", hosts, *(word for key, value in settings.items() for word in ("--mca", key, str(value))), *command]


def within(process):
    """Runs a command on the machine that a process holds."""
    return ["nsenter", "-t", str(process), "-n", "-u"]


def main():
    if sys.argv[1:2] == ["--agent"]:
        # mpirun asks for a host and a command, as of ssh.
        machines, host, command = sys.argv[2].split(","), sys.argv[3], " ".join(sys.argv[4:])
        command = [*within(machines[int(host.rsplit(".")[-1]) - 1]), "sh", "-c", command]
        os.execvp(command[0], command)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=2)
    parser.add_argument("--delay", type=seconds, default=1e-3, help="one way: 100us, 1ms")
    parser.add_argument("--rate", type=rate, help="of each sender: 100mbit, 1gbit; without one as fast as the relay is")
    parser.add_argument("--mtu", type=int, default=65000)
    parser.add_argument("--netem", action="store_true", help="delay by the kernel's netem")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with DelayedNetwork(arguments.machines, arguments.delay, arguments.rate, arguments.mtu, arguments.netem) as network:
        if arguments.command:
            return subprocess.run(network.mpirun(arguments.command)).returncode
        trips = sorted(network.round_trips())
        print(f"round trip {1e3 * trips[len(trips) // 2]:.3f} ms, 9 of 10 below {1e3 * trips[len(trips) * 9 // 10]:.3f} ms")
        for size in (1 << 16, 1 << 20, 1 << 24):
            taken, spent = network.stream(size)
            print(f"{size >> 10:6} KiB both ways in {1e3 * taken:8.2f} ms, {size / taken / 1e6:6.0f} MB/s each, "
                  f"{1e3 * spent:.1f} ms of processors")


if __name__ == "__main__":
    sys.exit(main())
