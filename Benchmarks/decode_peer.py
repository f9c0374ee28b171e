#!/usr/bin/env python3
"""Reads the random samples of `vfm-bench decode` with PyAV and torchcodec.

    pip install av torch torchcodec numpy                       # in a virtual environment
    Benchmarks/decode_peer.py compare --bench .build/release/vfm-bench CLIPS…     # all, turn by turn, and the ratios
    Benchmarks/decode_peer.py run av --samples samples.json     # one program, one JSON object

CLIPS are folders of clips or manifests. Every program reads the same samples with the same number of workers (threads
here, processes in Python) and one decoding thread in each; workers start before the clock does. A sample is the frames on
show at its times, scaled evenly to cover a square and cropped to its middle, as bytes. `compare` first reads all samples
once with every program, without a clock: samples of clips that some program cannot read are left out for all.
"""
import argparse
import concurrent.futures
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time


def covering(width, height, size):
    scale = max(size / width, size / height)
    return max(size, round(width * scale)), max(size, round(height * scale))


class PyAV:
    """Seeks to the key frame, decodes, and lets swscale scale the wanted frames alone (`reformat`)."""

    def __init__(self, size, keep):
        import av
        self.av, self.size, self.keep, self.open = av, size, keep, {}

    def container(self, path):
        if path in self.open:
            return self.open[path]
        container = self.av.open(path)
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        origin = next(container.decode(stream)).pts
        self.open[path] = container, stream, origin
        return self.open[path]

    def read(self, path, times):
        container, stream, origin = self.container(path)
        ticks = [origin + (t + 0.5e-6) / float(stream.time_base) for t in times]
        container.seek(int(ticks[0]), stream=stream, backward=True)
        out, shown = [], None
        for frame in container.decode(stream):
            while len(out) < len(ticks) and shown is not None and frame.pts > ticks[len(out)]:
                out.append(self.picture(shown))
            if len(out) == len(ticks):
                break
            shown = frame
        while len(out) < len(ticks):
            out.append(self.picture(shown))
        if not self.keep:
            self.open.pop(path)
            container.close()
        return out

    def picture(self, frame):
        wide, high = covering(frame.width, frame.height, self.size)
        pixels = frame.reformat(wide, high, "rgb24", interpolation="AREA").to_ndarray()
        x, y = (wide - self.size) // 2, (high - self.size) // 2
        return pixels[y:y + self.size, x:x + self.size]


class TorchCodec:
    """`get_frames_played_at`, and torch's antialiased resize of all frames at once, or the decoder's own resize."""

    def __init__(self, size, keep, mode, transforms):
        import torch
        import torchcodec
        torch.set_num_threads(1)
        self.torch, self.codec = torch, torchcodec
        self.size, self.keep, self.mode, self.transforms, self.open = size, keep, mode, transforms, {}

    def decoder(self, path):
        if path in self.open:
            return self.open[path]
        options = dict(num_ffmpeg_threads=1, seek_mode=self.mode, stream_index=None)
        if self.transforms:
            from torchcodec import transforms
            facts = self.codec.decoders.VideoDecoder(path, num_ffmpeg_threads=1, seek_mode="approximate").metadata
            wide, high = covering(facts.width, facts.height, self.size)
            options["transforms"] = [transforms.Resize((high, wide)), transforms.CenterCrop((self.size, self.size))]
        decoder = self.codec.decoders.VideoDecoder(path, **options)
        if self.keep:
            self.open[path] = decoder
        return decoder

    def read(self, path, times):
        decoder = self.decoder(path)
        begin, end = decoder.metadata.begin_stream_seconds or 0, decoder.metadata.end_stream_seconds
        times = [min(begin + t, end - 1e-4) for t in times]
        frames = decoder.get_frames_played_at(times).data
        if self.transforms:
            return frames
        wide, high = covering(frames.shape[3], frames.shape[2], self.size)
        frames = self.torch.nn.functional.interpolate(frames, (high, wide), mode="bilinear", antialias=True)
        x, y = (wide - self.size) // 2, (high - self.size) // 2
        return frames[:, :, y:y + self.size, x:x + self.size].contiguous()


PROGRAMS = {
    # cold: a clip is opened for every sample; kept: it stays open for the next ones
    "av": lambda size: PyAV(size, False),
    "av kept": lambda size: PyAV(size, True),
    "torchcodec exact": lambda size: TorchCodec(size, False, "exact", False),
    "torchcodec approximate": lambda size: TorchCodec(size, False, "approximate", False),
    "torchcodec kept": lambda size: TorchCodec(size, True, "exact", False),
    "torchcodec kept, own resize": lambda size: TorchCodec(size, True, "exact", True),
}


def processor_seconds():
    times = os.times()
    return times.user + times.system


def reason(error):
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def fault(name, size, path, list_of_times):
    """Why a program cannot read a clip's samples; None if it can."""
    try:
        program = PROGRAMS[name](size)
        for times in list_of_times:
            pictures = program.read(path, times)
            shapes = {tuple(sorted(picture.shape)) for picture in pictures}
            if len(pictures) != len(times) or shapes != {(3, size, size)}:
                return f"{len(pictures)} pictures of {sorted(shapes)} where {len(times)} were asked for"
    except Exception as error:
        return reason(error)
    return None


def faults(name, samples, size, workers):
    """Why a program cannot read the clips that it cannot read, by path."""
    clips = {}
    for path, times in samples:
        clips.setdefault(path, []).append(times)
    with concurrent.futures.ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(fault, *zip(*((name, size, path, times) for path, times in clips.items()))))
    return {path: why for path, why in zip(clips, found) if why}


def work(name, size, samples, ready, go, done, failed, used):
    try:
        program = PROGRAMS[name](size)
        program.read(*samples[0])
    except Exception as error:
        failed.put(f"{samples[0][0]}: {reason(error)}")
    ready.wait()
    go.wait()
    start = processor_seconds()
    for path, times in samples:
        try:
            program.read(path, times)
        except Exception as error:
            failed.put(f"{path}: {reason(error)}")
            break
    used.put(processor_seconds() - start)
    done.wait()


def run(name, path, workers):
    """Samples a second, and milliseconds of the processor for each; a sample that cannot be read ends the program."""
    with open(path) as file:
        list_ = json.load(file)
    samples = [(sample["path"], sample["times"]) for sample in list_["samples"]]
    workers = min(workers, len(samples))
    context = multiprocessing.get_context("spawn")
    barriers = [context.Barrier(workers + 1) for _ in range(3)]
    failed, used = context.Queue(), context.Queue()
    processes = [
        context.Process(target=work, args=(name, list_["size"], samples[i::workers], *barriers, failed, used))
        for i in range(workers)]
    for process in processes:
        process.start()
    barriers[0].wait()
    start = time.perf_counter()
    barriers[1].wait()
    barriers[2].wait()
    seconds = time.perf_counter() - start
    time.sleep(0.1)  # a queue is filled by a thread of the worker's
    failures = set()
    while not failed.empty():
        failures.add(failed.get())
    used = [used.get() for _ in processes]
    for process in processes:
        process.join()
    if failures:
        sys.exit("\n".join(f"{name} cannot read {failure}" for failure in sorted(failures)))
    return len(samples) / seconds, 1000 * sum(used) / len(samples)


def keep_readable(path, bench, programs, workers):
    """Leaves the samples of clips in a list that every program reads; prints the others."""
    with open(path) as file:
        list_ = json.load(file)
    samples = [(sample["path"], sample["times"]) for sample in list_["samples"]]
    check = subprocess.run(
        [bench, "decode", "--samples-in", path, "--check"], check=True, capture_output=True, text=True)
    unread = {"ours": (list_.get("unopened") or {}) | json.loads(check.stdout)["unreadable"]}
    for name in programs:
        unread[name] = faults(name, samples, list_["size"], workers)
    left_out = set().union(*unread.values())
    list_["samples"] = [sample for sample in list_["samples"] if sample["path"] not in left_out]
    for name, clips in unread.items():
        for clip, why in sorted(clips.items()):
            print(f"left out: {os.path.basename(clip)}: {name} cannot read it: {why}")
    if not list_["samples"]:
        sys.exit("No clip is read by all programs; name other clips, or fewer --programs.")
    with open(path, "w") as file:
        json.dump(list_, file)
    clips = {sample["path"] for sample in list_["samples"]}
    print(f"timed: {len(list_['samples'])} of {len(samples)} samples, {len(clips)} clips that all programs read\n")


def compare(arguments):
    rates = {}
    programs = arguments.programs if arguments.programs is not None else list(PROGRAMS)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "samples.json")
        options = ["--samples", str(arguments.samples), "--frames", str(arguments.frames)]
        options += ["--frame-rate", str(arguments.frame_rate), "--size", str(arguments.size)]
        subprocess.run(
            [arguments.bench, "decode", *arguments.clips, *options, "--samples-out", path], check=True)
        keep_readable(path, arguments.bench, programs, arguments.workers)
        for _ in range(arguments.rounds):
            ours = json.loads(subprocess.run(
                [arguments.bench, "decode", "--samples-in", path, "--threads", str(arguments.workers), "--json"],
                check=True, capture_output=True, text=True).stdout)
            for kind in ("cold", "warm"):
                key = f"{kind}{arguments.workers}"
                rates.setdefault(f"ours, {kind}", []).append((ours[key], ours[f"{key}ProcessorMilliseconds"]))
            for name in programs:
                rates.setdefault(name, []).append(run(name, path, arguments.workers))
    print(f"{arguments.workers} workers, {arguments.rounds} rounds, {ours['clips']:.0f} clips, "
          f"{ours['samples']:.0f} samples")
    print("| program | samples/s | of the rounds | processor ms a sample | ours, warm / it | ours, cold / it "
          "| by processor time: warm | cold |")
    print("|---|---|---|---|---|---|---|---|")
    for name, values in rates.items():
        rounds = ", ".join(f"{rate:.1f}" for rate, _ in values)
        ratios = []
        for better in (lambda ours, its: ours[0] / its[0], lambda ours, its: its[1] / ours[1]):
            for kind in ("warm", "cold"):
                pairs = zip(rates[f"ours, {kind}"], values)
                ratios.append(f"{statistics.median(better(ours, its) for ours, its in pairs):.2f}")
        print(f"| {name} | {statistics.median(v[0] for v in values):.1f} | {rounds} "
              f"| {statistics.median(v[1] for v in values):.1f} | {' | '.join(ratios)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("run", help="one program")
    one.add_argument("program", choices=PROGRAMS)
    one.add_argument("--samples", required=True)
    one.add_argument("--workers", type=int, default=2)
    one.set_defaults(do=lambda a: print(json.dumps(dict(zip(("rate", "processorMilliseconds"), run(a.program, a.samples, a.workers))))))
    all_ = commands.add_parser("compare", help="all programs, turn by turn")
    all_.add_argument("clips", nargs="+")
    all_.add_argument("--bench", required=True)
    all_.add_argument("--rounds", type=int, default=3)
    all_.add_argument("--workers", type=int, default=2)
    all_.add_argument("--samples", type=int, default=200)
    all_.add_argument("--frames", type=int, default=16)
    all_.add_argument("--frame-rate", type=float, default=8)
    all_.add_argument("--size", type=int, default=128)
    all_.add_argument("--programs", nargs="*", choices=PROGRAMS)
    all_.set_defaults(do=compare)
    arguments = parser.parse_args()
    arguments.do(arguments)


if __name__ == "__main__":
    main()
