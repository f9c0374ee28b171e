#!/usr/bin/env python3
"""Holds what `vfm-train pretrain --plan` predicts against short runs of the same recipes.

    Benchmarks/plan.py --bin .build/release [NAME…]        # all configurations below, or those named

Needs nothing but Python. It draws a small embedded set, and for each configuration asks for the plan, trains some steps
in a process of its own, and prints predicted and measured figures and their ratio. A step's time is the median over the
run's steps but the first two, less what was waited for clips; memory is what the run says of itself.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile

BASE = {
    "version": 2,
    "seed": 1,
    "data": {"frames": 8, "height": 32, "width": 32, "frameRate": 8, "start": "first"},
    "textEncoder": {"width": 128, "depth": 1, "heads": 4, "feedForward": 256},
    "model": {"width": 192, "depth": 6, "heads": 6, "patch": [2, 8, 8]},
    "objective": {"prediction": "x0"},
    "training": {"batchSize": 16, "checkpointEvery": 1000000, "sampleEvery": 1000000, "validateEvery": 1000000},
    "samples": {"prompts": ["a red circle moves left", "a blue square moves up"], "steps": 2},
}
# What differs from the base, as section.key.
CONFIGURATIONS = {
    "base": {},
    "deep": {"model.depth": 24},
    "shallow": {"model.depth": 1},
    "wide": {"model.width": 512, "model.heads": 8, "model.depth": 8, "training.batchSize": 8},
    "narrow": {"model.width": 48, "model.heads": 4, "model.depth": 12, "training.batchSize": 64},
    "large batch": {"training.batchSize": 128},
    "one clip": {"training.batchSize": 1, "model.depth": 12},
    "many tokens": {"model.patch": [1, 2, 2], "training.batchSize": 1, "model.depth": 4},
    "1024 tokens": {"model.patch": [2, 2, 2], "training.batchSize": 2, "model.width": 384, "model.depth": 12},
    "recomputed": {"training.activationCheckpointing": True, "model.patch": [2, 4, 4], "model.depth": 12},
    "accumulated": {"training.gradientAccumulation": 4, "training.batchSize": 8},
    "large text": {"textEncoder.width": 384, "textEncoder.depth": 8, "textEncoder.feedForward": 1024},
    "words": {"tokenizer.kind": "words", "tokenizer.length": 32, "model.pooledText": True},
    "long clips": {"data.frames": 16, "data.start": "random", "training.batchSize": 8},
}


def recipe(changes, clips):
    recipe = json.loads(json.dumps(BASE))
    recipe["data"]["train"] = clips + "/train.jsonl"
    recipe["data"]["validation"] = clips + "/validation.jsonl"
    for path, value in changes.items():
        section, key = path.split(".")
        recipe.setdefault(section, {})[key] = value
    return recipe


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {result.returncode}:\n{result.stderr}")
    return json.loads(result.stdout) if result.stdout.startswith("{") else None


def compare(tool, folder, name, changes):
    path = f"{folder}/{name.replace(' ', '-')}"
    content = recipe(changes, folder + "/clips")
    content["training"]["steps"] = 10
    with open(path + ".json", "w") as file:
        json.dump(content, file)
    plan = run(tool, "pretrain", path + ".json", "--plan", "--json")
    # About eight seconds of steps, and two at least after the first two.
    steps = 2 + max(3, min(60, round(8 / plan["secondsPerStep"])))
    measured = run(tool, "pretrain", path + ".json", "--json", "--output", path, "--set", f"training.steps={steps}")
    with open(path + "/metrics.jsonl") as file:
        lines = [json.loads(line) for line in file]
    seconds = [line["seconds"] * (1 - line["waiting"]) for line in lines if "seconds" in line][2:]
    return {
        "configuration": name, "blocks": plan["calibrationBlocks"], "clips": plan["calibrationClips"],
        "rounds": plan["calibrationRounds"], "calibration": plan["calibrationSeconds"],
        "calibrationPeak": plan["calibrationPeakBytes"] / plan["peakBytes"],
        "spread": (plan["secondsPerStepHigh"] - plan["secondsPerStepLow"]) / plan["secondsPerStep"],
        "seconds": (plan["secondsPerStep"], statistics.median(seconds)),
        "peak": (plan["peakBytes"], measured["peakBytes"]),
        "pool": (plan["tensorBytes"], measured["tensorBytes"]),
        "resident": (plan["residentBytes"], measured["residentBytes"]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="configurations; all if none is named")
    parser.add_argument("--bin", default=".build/release")
    parser.add_argument("--json", action="store_true", help="one JSON object a configuration")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(arguments.bin + "/vfm-data", "synthesize", folder + "/clips", "--clips", "256", "--seed", "1")
        if not arguments.json:
            print("| configuration | predicted s | measured s | ratio | peak, ratio | pool, ratio | resident MB | measured | ratio | timed | took s |")
            print("|---|---|---|---|---|---|---|---|---|---|---|")
        for name in arguments.names or CONFIGURATIONS:
            row = compare(arguments.bin + "/vfm-train", folder, name, CONFIGURATIONS[name])
            if arguments.json:
                print(json.dumps(row), flush=True)
                continue
            ratio = {key: value[0] / value[1] for key, value in row.items() if isinstance(value, tuple)}
            print(
                f"| {name} | {row['seconds'][0]:.4f} | {row['seconds'][1]:.4f} | {ratio['seconds']:.2f} "
                f"| {ratio['peak']:.4f} | {ratio['pool']:.4f} "
                f"| {row['resident'][0] / 1e6:.0f} | {row['resident'][1] / 1e6:.0f} | {ratio['resident']:.2f} "
                f"| {row['blocks']} blocks, {row['clips']} clips, {row['rounds']} rounds, ±{50 * row['spread']:.0f} % "
                f"| {row['calibration']:.1f} |", flush=True)


if __name__ == "__main__":
    main()
