#!/usr/bin/env python3
"""Times the training step of `vfm-bench step` on PyTorch: diffusers' WanTransformer3DModel, float32, eager or compiled.

    pip install "torch==2.13.0+cpu" diffusers transformers     # in a virtual environment; without torchvision
    Benchmarks/pytorch_peer.py step --compile                  # one program, one JSON object
    Benchmarks/pytorch_peer.py compare --bench .build/release/vfm-bench    # all programs in turn, and the ratios

A step is zeroing, forward, a loss whose gradient is the output plus the clip, backward, clipping to norm 1 and AdamW,
on random data: what `vfm-bench step` does. PyTorch has as many threads, denormals as zero, fused attention, and the
optimizer in its fused form. Memory is the resident set's peak of the whole process, read from the kernel.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

SHAPES = {
    # As vfm-bench knows them. name: clips, latent frames, height, width, model width, depth, heads
    "small": (32, 1, 16, 16, 192, 12, 4),
    "yardstick": (2, 4, 32, 32, 384, 12, 6),
}
OURS, RECOMPUTED, EAGER, COMPILED = "ours", "ours, --recompute", "PyTorch eager", "PyTorch compiled"
# What is divided by what, in which figure.
RATIOS = [
    ("time", EAGER, OURS), ("time", COMPILED, OURS), ("time", RECOMPUTED, OURS),
    ("memory", OURS, EAGER), ("memory", RECOMPUTED, EAGER), ("memory", OURS, COMPILED),
]


def step(arguments):
    import resource

    import torch
    from diffusers import WanTransformer3DModel

    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    clips, frames, height, width, model_width, depth, heads = SHAPES[arguments.shape]
    model = WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=heads, attention_head_dim=model_width // heads,
        in_channels=16, out_channels=16, text_dim=256, freq_dim=256, ffn_dim=4 * model_width,
        num_layers=depth, cross_attn_norm=True, qk_norm="rms_norm_across_heads", rope_max_seq_len=1024)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.01, fused=True)
    run = torch.compile(model) if arguments.compile else model
    clip = torch.randn(clips, 16, frames, height, width)
    text = torch.randn(clips, 64, 256)
    times = torch.full((clips,), 500.0)

    def once():
        optimizer.zero_grad()
        output = run(clip, times, text, return_dict=False)[0]
        output.backward(output.detach() + clip)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    for _ in range(2):
        once()
    seconds = []
    for _ in range(arguments.repeats):
        start = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "secondsPerStep": statistics.median(seconds), "secondsLeast": min(seconds), "secondsMost": max(seconds),
        "residentBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "threads": arguments.threads,
        "parameters": sum(p.numel() for p in model.parameters()), "torch": torch.__version__}))


def compare(arguments):
    """Runs all programs in turn, `rounds` times, each in a process of its own."""
    common = ["--shape", arguments.shape, "--threads", arguments.threads, "--repeats", arguments.repeats]
    ours = [arguments.bench, "step", "--json"] + common
    peer = [sys.executable, __file__, "step"] + common
    programs = {OURS: ours, RECOMPUTED: ours + ["--recompute"], EAGER: peer, COMPILED: peer + ["--compile"]}
    results = {name: [] for name in programs}
    for round in range(arguments.rounds):
        for name, command in programs.items():
            lines = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
            result = json.loads(lines.stdout)
            results[name].append(result)
            print(f"round {round + 1}: {name}: {result['secondsPerStep']:.3f} s", file=sys.stderr)
    if len({result["parameters"] for all_ in results.values() for result in all_}) != 1:
        sys.exit("the programs differ in their numbers of parameters: SHAPES here and vfm-bench's are not the same")

    print(f"{arguments.shape}, {arguments.threads} threads, torch {results[EAGER][0]['torch']}, medians of "
          f"{arguments.rounds} rounds of {arguments.repeats} steps (least – most)")
    for name, all_ in results.items():
        seconds = statistics.median(r["secondsPerStep"] for r in all_)
        least, most = min(r["secondsLeast"] for r in all_), max(r["secondsMost"] for r in all_)
        memory = statistics.median(r["residentBytes"] for r in all_) / 1e9
        print(f"  {name:18} {seconds:7.3f} s ({least:.3f} – {most:.3f})   {memory:5.2f} GB resident")
    # Programs of one round saw the same machine, so they are divided round by round.
    keys = {"time": "secondsPerStep", "memory": "residentBytes"}
    for figure, upper, lower in RATIOS:
        print_spread(f"{figure}, {upper} / {lower}",
                     [a[keys[figure]] / b[keys[figure]] for a, b in zip(results[upper], results[lower])])
    for name in (OURS, RECOMPUTED):
        print_spread(f"share of bare sgemm, {name}", [r["shareOfRoof"] for r in results[name]])


def print_spread(name, values):
    print(f"  {name:44} {statistics.median(values):6.3f} ({min(values):.3f} – {max(values):.3f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (("step", step), ("compare", compare)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--shape", choices=SHAPES, default="yardstick")
        command.add_argument("--threads", type=int, default=os.cpu_count())
        command.add_argument("--repeats", type=int, default=5)
    commands.choices["step"].add_argument("--compile", action="store_true")
    commands.choices["compare"].add_argument("--bench", default=".build/release/vfm-bench")
    commands.choices["compare"].add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
