#!/usr/bin/env python3
"""What a step of several ranks takes: a model of what they send, held against real runs, and what it says of more ranks.

    Benchmarks/ranks_model.py --bin .build/release            # as root (delayed_network.py): real runs, and all tables
    Benchmarks/ranks_model.py --gflops 60                     # the model alone, for ranks of 16 such cores

Real runs have two ranks of one thread, each on a machine of its own in a network with a delay and a rate. The model knows
the code's schedule, and of the machine only what is measured without a run of two ranks: the round trip of 64 bytes, the
rate of a stream both ways and the processor time it takes, and a unit's pass, from two runs of one rank side by side.
All are taken in turn, round by round, and medians over the quieter half of the runs are compared: those during which other
programs took least of the processors. Figures are `seconds` of metrics.jsonl, without the first steps.
"""
import argparse
import dataclasses
import heapq
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from delayed_network import DelayedNetwork, rate, seconds

BUCKET = 1.2 * 2**20  # floats: full from 2^20 on, with whole parameters
WINDOW = 2  # transfers under way
EAGER = 65536  # bytes that Open MPI's TCP sends without asking; of longer messages so many go with the question
LOOK = 75e-6  # until the communication thread looks while others compute: half of its pause
HAND = 50e-6  # handing an exchange to the communication thread and back
FORWARD = 1 / 3  # of a pass
ADDED = 4e9  # bytes a second of gradients that come and are added up
# Small exchanges, one after the other: for clips; losses, norm and flag; whether to stop, which is not in `seconds`.
BEFORE, AFTER, BETWEEN = 2, 3, 2

RECIPE = {
    "version": 2, "seed": 1,
    "data": {"frames": 8, "height": 32, "width": 32, "frameRate": 8, "start": "first"},
    "textEncoder": {"width": 128, "depth": 1, "heads": 4, "feedForward": 256},
    "model": {"width": 384, "depth": 5, "heads": 6, "patch": [2, 8, 8]},
    "objective": {"prediction": "x0"},
    "training": {"gradientAccumulation": 2, "checkpointEvery": 1000000, "sampleEvery": 0, "validateEvery": 0},
}
SENT = {"float32": {}, "bfloat16": {"training.reduction": "fast", "training.reductionPrecision": "bfloat16"}}


@dataclasses.dataclass
class Link:
    """A rank's cable: seconds one way, bytes a second, seconds of the communication thread for a message sent and one taken,
    and what a byte both ways takes of the time of those who compute."""
    delay: float
    rate: float
    message: float = 10e-6
    stolen: float = 0.0


def carry(ready, size, ranks, link, look):
    """When the last of some transfers is done, each of a message of `size` bytes to each other rank. `ready` are the times
    from which on they can begin, in order. All ranks do the same at the same time, so what one has sent comes to it from
    another; messages of one rank follow each other, also those that ask for a long one and those that grant it.

    Returns the time, and the bytes that had gone before the last was ready."""
    events = [(time, index, "ready", index) for index, time in enumerate(ready)]
    order, free, over, under_way, waiting, sent = len(events), 0.0, 0.0, 0, [], []

    def send(time, kind, index, bytes):
        nonlocal free, order
        free = max(time, free) + (ranks - 1) * max(bytes / link.rate, link.message)
        sent.append((free, (ranks - 1) * bytes))
        order += 1
        heapq.heappush(events, (free + link.delay + look, order, kind, index))

    while events:
        time, _, kind, index = heapq.heappop(events)
        if kind == "ready":
            waiting.append(index)
        elif kind == "asks":
            send(time, "grants", index, 64)
        elif kind == "grants":
            send(time, "brings", index, size - EAGER)
        elif kind == "brings":
            under_way -= 1
            over = time
        while waiting and under_way < WINDOW:
            under_way += 1
            index = waiting.pop(0)
            send(time, "asks" if size > EAGER else "brings", index, min(size, EAGER))
    return over, sum(bytes for at, bytes in sent if at <= ready[-1])


def ready(parameters, width, depth, passes, unit):
    """When buckets are complete: a block says so at its end, the last block first, and with the whole pass what comes before
    the blocks in the flat buffers. A bucket waits for all of it."""
    count, block = max(1, round(parameters / BUCKET)), 16 * width**2
    first = parameters - depth * block
    starts = [parameters * index / count for index in reversed(range(count))]
    return [passes - unit * (1 - FORWARD) * max(0, (start - first) // block) / depth if start >= first else passes
            for start in starts]


def step(parameters, width, depth, ranks, units, unit, link, bytes=4, between=False):
    """Seconds of a step by part. `unit` is the seconds of one pass, `bytes` those of a float of gradients on the wire."""
    times = ready(parameters, width, depth, units * unit, unit)
    count = len(times)
    share = parameters / count / ranks
    exchanges = (BEFORE + AFTER + (BETWEEN if between else 0)) * (link.delay + HAND + (ranks - 1) * link.message)
    passes = units * unit
    done, overlapped = carry(times, bytes * share, ranks, link, LOOK)
    added = bytes * parameters / count / ADDED
    gathered, _ = carry([0.0] * count, 4 * share, ranks, link, 0)
    parts = {"passes": passes, "processors": overlapped * link.stolen, "gradients": max(0, done + added - passes),
             "weights": gathered, "small": exchanges}
    return parts | {"step": sum(parts.values())}


# Real runs.

class Runs:
    def __init__(self, bin, folder, steps):
        self.bin, self.folder, self.steps, self.number = bin, folder, steps, 0
        subprocess.run([f"{bin}/vfm-data", "synthesize", folder + "/clips", "--clips", "200", "--size", "32", "--frames", "8",
                        "--frame-rate", "8"], check=True, stdout=subprocess.DEVNULL)
        RECIPE["data"] |= {"train": folder + "/clips/train.jsonl", "validation": folder + "/clips/validation.jsonl"}
        RECIPE["training"]["steps"] = steps
        with open(folder + "/recipe.json", "w") as file:
            json.dump(RECIPE, file)

    def run(self, settings, around=None, copies=1):
        """The steps of runs side by side, and the share of the processors that other programs took meanwhile."""
        begun, started = (time.perf_counter(), busy(), own(), around.relay_seconds() if around else 0), []
        for _ in range(copies):
            self.number += 1
            output = f"{self.folder}/run{self.number}"
            command = [self.bin + "/vfm-train", "pretrain", self.folder + "/recipe.json", "--output", output, "--threads", "1"]
            for key, value in settings.items():
                command += ["--set", f"{key}={value}"]
            with open(output + ".log", "w") as log:
                started.append((output, subprocess.Popen(around.mpirun(command) if around else command, stdout=log, stderr=log)))
        results = []
        for output, process in started:
            try:
                code = process.wait()
            finally:
                process.terminate()
            if code != 0:
                with open(output + ".log") as log:
                    raise SystemExit(log.read())
            with open(output + "/metrics.jsonl") as file:
                results.append([line for line in map(json.loads, file) if "seconds" in line][2:])
        # Of two ranks one is a child of this process; the other does the same.
        ours = (own() - begun[2]) * (2 if around else 1) + (around.relay_seconds() - begun[3] if around else 0)
        return results, (busy() - begun[1] - ours) / os.cpu_count() / (time.perf_counter() - begun[0])


def busy():
    with open("/proc/stat") as file:
        figures = list(map(int, file.readline().split()[1:9]))
    return (sum(figures) - figures[3] - figures[4]) / os.sysconf("SC_CLK_TCK")


def own():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def quieter(runs):
    """The figures of the quieter half of some runs, and the most that others took of the processors during them."""
    runs = sorted(runs, key=lambda run: run[1])[:(len(runs) + 1) // 2]
    return [figure for figures, _ in runs for figure in figures], runs[-1][1]


def compare(arguments):
    """Prints measured and predicted seconds. Returns the GFLOP/s of a core."""
    delays, clips = [seconds(text) for text in arguments.delays.split(",")], [int(text) for text in arguments.clips.split(",")]
    cases = {(unit, delay, kind): [] for unit in clips for delay in delays for kind in SENT}
    alone, gflops = {unit: [] for unit in clips}, {unit: [] for unit in clips}
    links, sent = {delay: [] for delay in delays}, {}
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(os.path.abspath(arguments.bin), folder, arguments.steps)
        for _ in range(arguments.rounds):
            for unit in clips:
                pair, others = runs.run({"training.batchSize": unit, "training.gradientAccumulation": 1}, copies=2)
                # The slower of two steps, as two ranks wait for each other.
                alone[unit].append(([max(line["seconds"] for line in lines) for lines in zip(*pair)], others))
                gflops[unit].append(([line["gflops"] for line in pair[0]], others))
                parameters = pair[0][0]["parameters"]
                for delay in delays:
                    with DelayedNetwork(2, delay, arguments.rate) as network:
                        trip, size = statistics.median(network.round_trips()), 16 << 20
                        taken, spent = network.stream(size)
                        links[delay].append((trip / 2, size / (taken - trip / 2), spent / size / os.cpu_count()))
                        for kind, settings in SENT.items():
                            before = network.bytes_sent()
                            (lines,), others = runs.run({"training.batchSize": 2 * unit} | settings, network)
                            sent[kind] = (network.bytes_sent()[0] - before[0]) / arguments.steps / 1e6
                            cases[unit, delay, kind].append(([line["seconds"] for line in lines], others))
    print(f"{parameters / 1e6:.1f} M parameters; a rank sends "
          + ", ".join(f"{megabytes:.1f} MB a step ({kind})" for kind, megabytes in sent.items()) + "\n")
    print("| clips a rank | one way | stream, MB/s | on the wire | others took | measured, s a step | predicted | error | passes "
          "| processors | gradients | weights | small |\n|" + "---|" * 13)
    shape = RECIPE["model"]["width"], RECIPE["model"]["depth"]
    for (unit, delay, kind), measured in cases.items():
        times, others = quieter(measured)
        way, speed, stolen = (statistics.median(column) for column in zip(*links[delay]))
        parts = step(parameters, *shape, 2, 1, statistics.median(quieter(alone[unit])[0]), Link(way, speed, stolen=stolen),
                     2 if kind == "bfloat16" else 4)
        print(f"| {unit} | {1e3 * way:.2f} ms | {speed / 1e6:.0f} | {kind} | {others:.0%} | {in_range(times)} | {parts['step']:.3f} "
              f"| {100 * (parts['step'] / statistics.median(times) - 1):+.0f} % | "
              + " | ".join(f"{parts[part]:.3f}" for part in ("passes", "processors", "gradients", "weights", "small")) + " |")
    print("\nA pass alone: " + "; ".join(f"{unit} clips {in_range(quieter(alone[unit])[0])} s, others took {quieter(alone[unit])[1]:.0%}"
                                        for unit in clips) + "\n")
    return statistics.median(quieter(gflops[max(clips)])[0])


def in_range(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.3f} ({low:.3f} – {high:.3f})"


# More ranks.

NETWORKS = {"10 Gbit/s, 25 µs": Link(25e-6, 1.25e9, 10e-6), "100 Gbit/s, 5 µs": Link(5e-6, 12.5e9, 2e-6)}


def scale(gflops, tokens=4096, cores=16, kept=0.8):
    """Prints the share of their time that more ranks compute."""
    print(f"A rank has {cores} cores at {kept:.0%} of {gflops:.0f} GFLOP/s; a unit is {tokens} tokens of 6 operations for each "
          "parameter; a message sent and one taken cost the communication thread 10 µs (TCP), 2 µs at 100 Gbit/s.\n")
    print("| parameters | a unit | units a rank | network | 8 ranks: float32, bfloat16 on the wire | 64 | 512 "
          "| of 512 ranks' step (float32): gradients | weights | small |\n|" + "---|" * 10)
    for parameters, width, depth in ((10e6, 384, 4), (30e6, 512, 6), (100e6, 768, 10)):
        unit = 6 * parameters * tokens / (gflops * 1e9 * cores * kept)
        for units in (1, 4):
            for name, link in NETWORKS.items():
                shares = []
                for ranks in (8, 64, 512):
                    parts, half = (step(parameters, width, depth, ranks, units, unit, link, bytes, between=True) for bytes in (4, 2))
                    shares.append(f"{parts['passes'] / parts['step']:.0%}, {half['passes'] / half['step']:.0%}")
                print(f"| {parameters / 1e6:.0f} M | {unit:.2f} s | {units} | {name} | " + " | ".join(shares) + " | "
                      + " | ".join(f"{1e3 * parts[name]:.0f} ms" for name in ("gradients", "weights", "small")) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", help="the folder of vfm-train and vfm-data")
    parser.add_argument("--delays", default="100us,1ms,5ms")
    parser.add_argument("--clips", default="4", help="of a rank's unit")
    parser.add_argument("--rate", type=rate, default="1gbit", help="of each cable")
    parser.add_argument("--steps", type=int, default=10, help="of each run")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--gflops", type=float, default=60, help="of one core, where nothing is measured")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scale(compare(arguments) if arguments.bin else arguments.gflops)


if __name__ == "__main__":
    main()
