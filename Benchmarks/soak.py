"""A long run of a small recipe with everything on, watched from outside: `make soak`.

Clips are decoded anew each epoch (some of them damaged), cropped at random, by several threads or processes; checkpoints,
samples, looks at held-out clips, the best checkpoint and averaged weights all happen every few seconds. What is watched:
the memory that the process, and those that it reads clips in, have for themselves (RssAnon), their open files and their
threads. After a warm-up of a tenth of the time the memory that stays (the least of each eighth of the time: reports take
some for a while, more of it the longer the log is) may not rise by more than 1 MB an hour, the slope of a straight line,
and open files and threads may not rise at all: their median in the last quarter is no more than in the first (a save or a
sample opens some for a moment). Exits with 1 otherwise, or when the run itself does not end with 75, stopped by --max-time.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

WARM_UP = 0.1
INTERVAL = 2.0


def prepare(bin, folder, minutes, isolate):
    """The set, with three damaged clips, and the recipe."""
    data = os.path.join(folder, "set")
    subprocess.run([os.path.join(bin, "vfm-data"), "synthesize", data, "--clips", "120", "--seed", "3", "--size", "32",
                    "--frames", "8", "--frame-rate", "8"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    train = os.path.join(data, "train.jsonl")
    draw = random.Random(1)
    with open(train) as file:
        clips = [json.loads(line)["path"] for line in file]
    for clip in draw.sample(clips, 3):
        with open(os.path.join(data, clip), "r+b") as file:
            size = os.path.getsize(file.name)
            file.seek(size // 2)
            file.write(draw.randbytes(size - size // 2))
    recipe = {
        "version": 2, "seed": 5,
        "data": {"train": train, "validation": os.path.join(data, "validation.jsonl"), "frames": 4, "height": 24,
                 "width": 24, "frameRate": 8, "workers": 2, "cacheMegabytes": 0, "crop": "random",
                 "badClipTolerance": 0.2, "limits": {"isolate": isolate}},
        "tokenizer": {"kind": "words"},
        "textEncoder": {"width": 32, "depth": 1, "heads": 2, "feedForward": 64},
        "model": {"width": 48, "depth": 2, "heads": 4, "patch": [2, 4, 4], "frequencyWidth": 32},
        "objective": {"prediction": "x0"},
        "optimizer": {"schedule": "constant", "learningRate": 0.0005},
        "training": {"steps": round(minutes * 10_000) + 1000, "batchSize": 4, "gradientAccumulation": 2, "checkpointEvery": 100,
                     "sampleEvery": 500, "validateEvery": 250, "validationClips": 8, "activationCheckpointing": True},
        "evaluation": {"keepBest": True},
        "samples": {"prompts": ["a red circle moves left", "a blue square moves up"], "steps": 10, "guidance": 2.0},
    }
    path = os.path.join(folder, "recipe.json")
    with open(path, "w") as file:
        json.dump(recipe, file)
    return path


def children(process):
    """The processes that a run reads its clips in."""
    found = []
    for task in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{task}/children") as file:
            found += [int(word) for word in file.read().split()]
    return found


def look(process):
    """Megabytes of memory that no file backs, open files and threads, of a run and of the processes that it reads in."""
    sums = [0.0, 0, 0]
    for each in [process, *children(process)]:
        facts = {}
        try:
            with open(f"/proc/{each}/status") as file:
                for line in file:
                    name, _, value = line.partition(":")
                    facts[name] = value
            own = [int(facts["RssAnon"].split()[0]) / 1024, len(os.listdir(f"/proc/{each}/fd")), int(facts["Threads"])]
        except (FileNotFoundError, ProcessLookupError, KeyError):
            if each == process:
                raise
            continue  # a process that has read a broken clip ends
        sums = [total + number for total, number in zip(sums, own)]
    return tuple(sums)


def slope(times, values):
    """Of the straight line of least squares."""
    mean_time, mean = sum(times) / len(times), sum(values) / len(values)
    spread = sum((t - mean_time) ** 2 for t in times)
    return sum((t - mean_time) * (v - mean) for t, v in zip(times, values)) / spread


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", default=".build/release")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--isolate", action="store_true", help="read clips in processes of their own")
    parser.add_argument("--output", help="a file for the samples, as CSV")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        recipe = prepare(os.path.abspath(options.bin), folder, options.minutes, options.isolate)
        run = os.path.join(folder, "run")
        with open(os.path.join(folder, "log"), "w") as log:
            process = subprocess.Popen(
                [os.path.join(options.bin, "vfm-train"), "pretrain", recipe, "--output", run, "--threads", "1",
                 "--max-time", f"{round(options.minutes * 60)}s"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            begun, samples = time.monotonic(), []
            while process.poll() is None:
                try:
                    samples.append((time.monotonic() - begun, *look(process.pid)))
                except (FileNotFoundError, ProcessLookupError, KeyError):  # it ends just now
                    break
                time.sleep(INTERVAL)
            code = process.wait()
        if options.output:
            with open(options.output, "w") as file:
                file.write("seconds,megabytes,files,threads\n")
                file.writelines(f"{s:.1f},{m:.2f},{f},{t}\n" for s, m, f, t in samples)
        with open(os.path.join(folder, "log")) as log:
            text = log.read()
        metrics = os.path.join(run, "metrics.jsonl")
        steps = 0
        if os.path.exists(metrics):
            with open(metrics) as file:
                steps = max((json.loads(line).get("step", 0) for line in file), default=0)
        watched = [s for s in samples if s[0] > WARM_UP * samples[-1][0]]
        if code != 75 or len(watched) < 8:
            sys.exit(f"the run ended with {code}, {len(watched)} samples:\n{text[-2000:]}")
        quarter = len(watched) // 4
        windows = [watched[k * len(watched) // 8:(k + 1) * len(watched) // 8] for k in range(8)]
        least = [min(s[1] for s in window) for window in windows]
        rise = slope([window[0][0] / 3600 for window in windows], least)
        first, last = watched[:quarter], watched[-quarter:]
        print(f"{samples[-1][0] / 60:.1f} minutes, {steps} steps, {len(watched)} samples after the warm-up")
        print(f"memory   {rise:+.2f} MB an hour, {least[0]:.1f} MB at first and {least[-1]:.1f} at last; with what is taken for "
              f"a while at most {max(s[1] for s in first):.1f} MB in the first quarter, {max(s[1] for s in last):.1f} in the last")
        good = rise <= 1
        for name, column in [("files", 2), ("threads", 3)]:
            before, after = sorted(s[column] for s in first), sorted(s[column] for s in last)
            usual, later = before[len(before) // 2], after[len(after) // 2]
            print(f"{name:<8} {usual} ({before[0]} to {before[-1]}) in the first quarter, {later} ({after[0]} to {after[-1]}) in "
                  "the last")
            good = good and later <= usual
        print("nothing grew" if good else "NOT all is well")
        sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
