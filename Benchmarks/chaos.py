"""Runs that are killed, stopped, put on full disks, and given damaged and hostile checkpoints: `make chaos`.

Each kind of trouble is done as often as asked, at times and places drawn from a seed, to a run that takes a second, saves
at every step, samples and looks at held-out clips. Afterwards the run goes on in peace, and must end in the same state, to
the bit, as one that was left alone, with every sample whole. A table says what was lost, crashed (ended by a signal of its
own) or hung (longer than five seconds, with a whole run a minute). Exits with 1 unless all of it is 0.

Hostile files are made with h5py; without it that part is left out, and the table says so.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HANG = 5.0
# What may end a command: done, the documented errors, a stop, and what a second or unheard signal does.
STOPS = {0, 75, -signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGUSR1, -signal.SIGKILL,
         -signal.SIGPIPE, 130, 143}
ERRORS = {0, 64, 65, 66, 73, 74, 76}
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE]


class Tally:
    """What became of one kind of trouble."""

    def __init__(self, name):
        self.name, self.tries, self.lost, self.crashes, self.hangs, self.notes = name, 0, 0, 0, 0, []

    def note(self, what, text):
        setattr(self, what, getattr(self, what) + 1)
        if len(self.notes) < 5:
            self.notes.append(f"{what}: {text}")


class Bench:
    def __init__(self, bin, folder):
        self.bin, self.folder = bin, folder
        self.command("vfm-data", "synthesize", self.path("set"), "--clips", "20", "--seed", "3", "--size", "16",
                     "--frames", "4", "--frame-rate", "8", check=True)
        recipe = {
            "seed": 5,
            "data": {"train": self.path("set/train.jsonl"), "validation": self.path("set/validation.jsonl"),
                     "frames": 4, "height": 16, "width": 16, "frameRate": 8},
            "tokenizer": {"kind": "words"},
            "textEncoder": {"width": 16, "depth": 1, "heads": 2, "feedForward": 24},
            "model": {"width": 24, "depth": 2, "heads": 2, "patch": [2, 8, 8], "frequencyWidth": 16},
            "objective": {"prediction": "x0"},
            "training": {"steps": 12, "batchSize": 4, "checkpointEvery": 1, "sampleEvery": 4, "validateEvery": 3,
                         "validationClips": 3},
            "samples": {"prompts": ["a red circle moves left"], "steps": 8},
        }
        with open(self.path("recipe.json"), "w") as file:
            json.dump(recipe, file)
        code, _, errors = self.train("calm")
        assert code == 0, errors
        self.hash = self.state("calm")
        assert len(self.hash) == 64, self.hash
        self.samples = self.sample_files("calm")

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, tool, *arguments, check=False, limit=None, timeout=60, memory=None):
        """Exit code (negative for a signal; None for a hang), standard output and error."""
        def prepare():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            if memory is not None:
                resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        process = subprocess.Popen([os.path.join(self.bin, tool), *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, preexec_fn=prepare)
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None, "", "no end"
        if check and process.returncode != 0:
            sys.exit(errors.decode())
        return process.returncode, output.decode(errors="replace"), errors.decode(errors="replace")

    def train(self, run, **keys):
        return self.command("vfm-train", "pretrain", self.path("recipe.json"), "--output", self.path(run), **keys)

    def state(self, run):
        return self.command("vfm-train", "inspect", self.path(run), "--hash")[1].strip()

    def sample_files(self, run):
        files = {}
        for folder, _, names in os.walk(self.path(run + "/samples")):
            for name in names:
                if not name.endswith(".partial"):
                    with open(os.path.join(folder, name), "rb") as file:
                        files[os.path.relpath(os.path.join(folder, name), self.path(run))] = file.read()
        return files

    def goes_on(self, run, tally, how):
        """Lets a run go on in peace and compares where it ends."""
        code, _, errors = self.train(run)
        if code is None:
            tally.note("hangs", f"{how}: going on")
        elif code < 0:
            tally.note("crashes", f"{how}: going on ended by signal {-code}")
        elif code != 0:
            tally.note("lost", f"{how}: going on ended with {code}: {errors[-300:]}")
        elif self.state(run) != self.hash:
            tally.note("lost", f"{how}: another state at the end")
        elif self.sample_files(run) != self.samples:
            tally.note("lost", f"{how}: samples are missing or torn")


def hears_all():
    """Shells start programs behind an & with SIGINT ignored, and that is inherited."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def interrupted(bench, tally, random, count, numbers, restarts=3):
    """Sends signals at random moments, to the run and to those that go on from it."""
    begun = time.monotonic()
    bench.train("timed")
    length = time.monotonic() - begun
    while tally.tries < count:
        run = f"run{tally.tries}"
        for _ in range(random.randint(1, restarts)):
            number, delay = random.choice(numbers), random.uniform(0, length)
            process = subprocess.Popen(
                [os.path.join(bench.bin, "vfm-train"), "pretrain", bench.path("recipe.json"), "--output", bench.path(run)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, preexec_fn=hears_all)
            time.sleep(delay)
            process.send_signal(number)
            tally.tries += 1
            how = f"signal {number} after {delay:.3f} s"
            try:
                code = process.wait(timeout=HANG)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                tally.note("hangs", how)
                continue
            if code not in STOPS:
                tally.note("crashes", f"{how}: ended with {code}")
        bench.goes_on(run, tally, how)
        shutil.rmtree(bench.path(run), ignore_errors=True)


def full_disks(bench, tally, random, count):
    """Runs whose files cannot grow beyond some size."""
    while tally.tries < count:
        limit = random.choice([0, 1, random.randint(2, 20_000), random.randint(20_000, 1_500_000)])
        tally.tries += 1
        run = f"full{tally.tries}"
        code, _, errors = bench.train(run, limit=limit)
        if code is None:
            tally.note("hangs", f"files of {limit} bytes")
        elif code < 0:
            tally.note("crashes", f"files of {limit} bytes: signal {-code}")
        elif code not in (0, 73, 74):
            tally.note("lost", f"files of {limit} bytes: exit code {code}: {errors[-300:]}")
        bench.goes_on(run, tally, f"files of {limit} bytes")
        shutil.rmtree(bench.path(run), ignore_errors=True)


def damaged(bench, tally, random, count):
    """The newest checkpoint with flipped bits, cut off, or with a stretch of zeros."""
    newest = bench.path("calm/checkpoints/step-00000012.h5")
    with open(newest, "rb") as file:
        whole = file.read()
    shutil.copytree(bench.path("calm"), bench.path("hurt"))
    target = bench.path("hurt/checkpoints/step-00000012.h5")
    while tally.tries < count:
        bytes_, place = bytearray(whole), random.randrange(len(whole))
        kind = random.choice(["flip", "cut", "zero", "grow"])
        if kind == "flip":
            bytes_[place] ^= 1 << random.randrange(8)
        elif kind == "cut":
            del bytes_[place:]
        elif kind == "zero":
            stretch = bytes_[place:place + 4096]
            if not any(stretch):
                continue
            bytes_[place:place + 4096] = bytes(len(stretch))
        else:
            bytes_ += random.randbytes(random.randint(1, 4096))
        tally.tries += 1
        with open(target, "wb") as file:
            file.write(bytes_)
        how = f"{kind} at {place}"
        code, output, errors = bench.command("vfm-train", "inspect", bench.path("hurt"), "--hash", timeout=HANG)
        if code is None:
            tally.note("hangs", how)
        elif code < 0:
            tally.note("crashes", f"{how}: signal {-code}")
        elif code != 0 or output.strip() == bench.hash or target not in errors:
            tally.note("lost", f"{how}: exit code {code}, {errors[-200:]}")
    shutil.rmtree(bench.path("hurt"), ignore_errors=True)


def write_text(file, name, text):
    """A text as this program writes it: of a fixed length."""
    import numpy
    file.attrs[name] = numpy.bytes_(text.encode()) if text else numpy.bytes_(b" ")


def mutate(file, random, h5py):
    """Changes something of a checkpoint that an attacker could change, and says what."""
    kind = random.choice(["integer", "text", "recipe", "drop", "shape", "value", "word"])
    names = [name for name in file.attrs]
    numbers = [0, -1, 1, 3, 10**9, 2**31, 2**62, -2**62, random.randint(-100, 100)]
    if kind == "integer":
        name = random.choice([n for n in names if not isinstance(file.attrs[n], (str, bytes))])
        value = random.choice(numbers)
        file.attrs[name] = value
        return f"{name} = {value}"
    if kind == "drop":
        name = random.choice(names)
        del file.attrs[name]
        return f"without {name}"
    if kind in ("text", "word"):
        name = random.choice([n for n in names if isinstance(file.attrs[n], (str, bytes))])
        text = file.attrs[name]
        text = text.decode() if isinstance(text, bytes) else text
        lines = text.split("\n")
        for _ in range(random.randint(1, 3)):
            place = random.randrange(len(lines))
            lines[place] = random.choice(["", lines[0], lines[-1], lines[place] * 3, "\0", "x" * 5000, "9" * 30,
                                          lines[place][: len(lines[place]) // 2]])
        write_text(file, name, "\n".join(lines).replace("\0", ""))
        return f"{name} edited"
    if kind == "recipe":
        recipe = json.loads(file.attrs["recipe"])
        sizes = ["model", "textEncoder", "tokenizer", "data", "start"]
        section = random.choice([s for s in recipe if isinstance(recipe[s], dict)] + [s for s in sizes if s in recipe])
        key = random.choice(list(recipe[section]))
        value = random.choice([*numbers, 1e-50, 1e300, 16384, 1024, 0.5, "", "x", None, [], [1], {}, True])
        recipe[section][key] = value
        write_text(file, "recipe", json.dumps(recipe))
        return f"recipe: {section}.{key} = {value}"
    group = random.choice([g for g in file if isinstance(file[g], h5py.Group)])
    tensors = []
    file[group].visititems(lambda name, item: tensors.append(name) if isinstance(item, h5py.Dataset) else None)
    name = random.choice(tensors)
    values = file[group][name][()]
    if kind == "value":
        import numpy
        value = random.choice([float("nan"), float("inf"), 1e38, -1e38, 1e-45])
        values = numpy.array(values)
        values.flat[random.randrange(values.size)] = value
        file[group][name][()] = values
        return f"{group}/{name} has {value}"
    del file[group][name]
    shape = random.choice([(0,), (1,), (2, 2), values.shape + (1,), values.shape[::-1], (7, 0, 3)])
    file[group].create_dataset(name, shape, "f4")
    return f"{group}/{name} is {shape}"


def hostile(bench, tally, random, count):
    """Sound HDF5 with contents that no run writes, given to every command that reads checkpoints."""
    try:
        import h5py
    except ImportError:
        tally.notes.append("h5py is not there, so no hostile files were made")
        return
    bench.command("vfm-train", "finetune", "--base", bench.path("calm"), "--data", bench.path("set/train.jsonl"),
                  "--method", "lora", "--output", bench.path("lora"), "--set", "training.steps=2", check=True)
    plain = []
    for name in ["calm/checkpoints/step-00000012.h5", "lora/checkpoints/step-00000002.h5"]:
        with open(bench.path(name), "rb") as file:
            plain.append(file.read()[512:])  # without the seal, as other programs write it
    path, clips = bench.path("hostile.h5"), bench.path("set/test.jsonl")
    if not os.path.exists(clips):
        clips = bench.path("set/validation.jsonl")
    commands = [
        ("vfm-train", "inspect", path), ("vfm-train", "inspect", path, "--hash"),
        ("vfm-sample", "--checkpoint", path, "--prompt", "a red circle", "--steps", "1", "--output", bench.path("x.png")),
        ("vfm-eval", "--checkpoint", path, "--manifest", clips, "--clips", "2", "--samples", "1", "--steps", "1", "--json"),
        ("vfm-train", "finetune", bench.path("recipe.json"), "--base", path, "--output", bench.path("tuned"), "--plan"),
        ("vfm-train", "finetune", "--base", path, "--data", bench.path("set/train.jsonl"), "--output", bench.path("tuned"),
         "--stop-after", "1"),
        ("vfm-train", "merge", path, "--output", bench.path("merged.h5")),
        "resume",
    ]
    while tally.tries < count:
        with open(path, "wb") as file:
            file.write(random.choice(plain))
        with h5py.File(path, "r+") as file:
            try:
                what = "; ".join(mutate(file, random, h5py) for _ in range(random.choice([1, 1, 1, 2])))
            except (KeyError, ValueError, TypeError, IndexError):  # the second change finds no longer what it changes
                continue
        command = random.choice(commands)
        if command != "resume" and random.random() < 0.5:
            command += ("--isolate",)
        tally.tries += 1
        shutil.rmtree(bench.path("tuned"), ignore_errors=True)
        if command == "resume":
            shutil.rmtree(bench.path("tuned"), ignore_errors=True)
            os.makedirs(bench.path("tuned/checkpoints"))
            shutil.copy(path, bench.path("tuned/checkpoints/step-00000012.h5"))
            command = ("vfm-train", "pretrain", bench.path("recipe.json"), "--output", bench.path("tuned"))
        code, _, errors = bench.command(*command, timeout=2 * HANG, memory=4 << 30)
        how = f"{what}: {' '.join(command[:2])}{' isolated' if '--isolate' in command else ''}"
        if code is None:
            tally.note("hangs", how)
        elif code < 0:
            tally.note("crashes", f"{how}: signal {-code}: {errors[-300:]}")
        elif code not in ERRORS and code != 75:
            tally.note("lost", f"{how}: exit code {code}: {errors[-300:]}")
        if os.environ.get("CHAOS_VERBOSE"):
            print(code, how, errors.strip()[-160:].replace("\n", " | "))


def mutated(bench, tally, random, count):
    """A checkpoint in the oldest format, whose metadata has no checksums, and whose bytes are changed, so that HDF5 itself
    takes them for true: in isolated processes."""
    try:
        import h5py
    except ImportError:
        tally.notes.append("h5py is not there, so no files were mutated")
        return
    with open(bench.path("calm/checkpoints/step-00000012.h5"), "rb") as file:
        plain = file.read()[512:]
    with open(bench.path("new.h5"), "wb") as file:
        file.write(plain)
    with h5py.File(bench.path("new.h5")) as new, h5py.File(bench.path("old.h5"), "w", libver="earliest") as old:
        for name, value in new.attrs.items():
            write_text(old, name, value.decode() if isinstance(value, bytes) else value) \
                if isinstance(value, (str, bytes)) else old.attrs.create(name, value)
        new.visititems(lambda name, item: old.create_dataset(name, data=item[()]) if isinstance(item, h5py.Dataset) else None)
    with open(bench.path("old.h5"), "rb") as file:
        plain = file.read()
    code, _, errors = bench.command("vfm-train", "inspect", bench.path("old.h5"), "--hash", "--isolate")
    assert code == 0, errors
    # Lists of names and of attributes; among floats a change is but another value.
    metadata = [place for place in range(0, len(plain) - 8, 8)
                if any(plain.startswith(mark, place) for mark in (b"TREE", b"HEAP", b"SNOD"))]
    path, crashes = bench.path("mutated.h5"), 0
    while tally.tries < count:
        bytes_ = bytearray(plain)
        changes = []
        for _ in range(random.randint(1, 4)):
            place = random.randrange(512) if random.random() < 0.2 else \
                max(0, min(random.choice(metadata) + random.randrange(-400, 600), len(plain) - 8))
            value = random.choice([random.randbytes(1), random.randbytes(4), b"\xff" * 8, bytes(8), b"\x7f\xff\xff\xff"])
            bytes_[place:place + len(value)] = value
            changes.append(f"{value.hex()} at {place}")
        tally.tries += 1
        with open(path, "wb") as file:
            file.write(bytes_)
        code, _, errors = bench.command("vfm-train", "inspect", path, "--hash", "--isolate", timeout=2 * HANG)
        how = ", ".join(changes)
        crashes += "crashed (signal" in errors
        if code is None:
            tally.note("hangs", how)
        elif code < 0:
            tally.note("crashes", f"{how}: signal {-code}: {errors[-300:]}")
        elif code not in (0, 65, 74):
            tally.note("lost", f"{how}: exit code {code}: {errors[-300:]}")
    tally.notes.append(f"{crashes} of the isolated processes crashed in HDF5, and their commands told so")


def tell(bench, seed, kinds):
    """Does each kind of trouble, and prints what became of it as soon as it is done."""
    tallies = []
    for name, count, trouble in kinds:
        tally = Tally(name)
        trouble(bench, tally, random.Random(f"{seed} {name}"), count)
        tallies.append(tally)
        print(f"{name:<20} {tally.tries:>6} times  {tally.lost} lost  {tally.crashes} crashes  {tally.hangs} hangs",
              flush=True)
        for note in tally.notes:
            print("    " + note.replace("\n", "\n      "), flush=True)
    return tallies


def end(seed, tallies):
    """Says how it all went, as the exit code does."""
    bad = sum(t.lost + t.crashes + t.hangs for t in tallies)
    print(f"seed {seed}: {'nothing was lost' if bad == 0 else 'NOT all is well'}")
    sys.exit(0 if bad == 0 else 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", default=".build/release")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--signals", type=int, default=1000)
    parser.add_argument("--disks", type=int, default=100)
    parser.add_argument("--damaged", type=int, default=2000)
    parser.add_argument("--hostile", type=int, default=2000)
    parser.add_argument("--mutated", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        bench = Bench(os.path.abspath(options.bin), folder)
        tallies = tell(bench, options.seed, [
            ("kill -9", options.kills, lambda *a: interrupted(*a, [signal.SIGKILL])),
            ("signals", options.signals, lambda *a: interrupted(*a, SIGNALS)),
            ("full disks", options.disks, full_disks), ("damaged checkpoints", options.damaged, damaged),
            ("hostile checkpoints", options.hostile, hostile), ("mutated HDF5", options.mutated, mutated),
        ])
    end(options.seed, tallies)


if __name__ == "__main__":
    main()
