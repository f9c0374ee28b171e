#!/usr/bin/env python3
"""Times the training step of `vfm-bench step` on PyTorch: diffusers' WanTransformer3DModel, float32, eager or compiled.

    pip install "torch==2.13.0+cpu" diffusers transformers     # in a virtual environment; without torchvision
    Benchmarks/pytorch_peer.py step --compile                  # one program, one JSON object
    Benchmarks/pytorch_peer.py compare --bench .build/release/vfm-bench    # both, turn by turn, and the ratios

A step is forward, a loss whose gradient is the output plus the clip, backward, clipping to norm 1 and AdamW, on random
data: what `vfm-bench step` does. Memory is the resident set's peak of the whole process, read from the kernel.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

SHAPES = {
    # name: clips, latent frames, height, width, model width, depth, heads
    "small": (32, 1, 16, 16, 192, 12, 4),
    "yardstick": (2, 4, 32, 32, 384, 12, 6),
}


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
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.01)
    run = torch.compile(model) if arguments.compile else model
    clip = torch.randn(clips, 16, frames, height, width)
    text = torch.randn(clips, 64, 256)
    times = torch.full((clips,), 500.0)

    def once():
        optimizer.zero_grad(set_to_none=False)
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
        "secondsPerStep": statistics.median(seconds), "spread": max(seconds) - min(seconds),
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "threads": arguments.threads,
        "parameters": sum(p.numel() for p in model.parameters()), "torch": torch.__version__}))


def compare(arguments):
    """Runs the three programs in turn, `rounds` times, each in a process of its own."""
    clips, frames, height, width, model_width, depth, heads = SHAPES[arguments.shape]
    ours = [arguments.bench, "step", "--json", "--clips", clips, "--size", frames, height, width, "--width",
            model_width, "--depth", depth, "--heads", heads, "--threads", arguments.threads,
            "--repeats", arguments.repeats]
    peer = [sys.executable, __file__, "step", "--shape", arguments.shape, "--threads", arguments.threads,
            "--repeats", arguments.repeats]
    programs = {"vfm": ours, "vfm --recompute": ours + ["--recompute"], "PyTorch eager": peer,
                "PyTorch compiled": peer + ["--compile"]}
    results = {name: [] for name in programs}
    for round in range(arguments.rounds):
        for name, command in programs.items():
            lines = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)
            results[name].append(json.loads(lines.stdout))
            print(f"round {round + 1}: {name}: {results[name][-1]['secondsPerStep']:.3f} s", file=sys.stderr)

    def median(name, key):
        return statistics.median(result[key] for result in results[name])

    base = median("vfm", "secondsPerStep")
    # Resident bytes on both sides: tensors alone would leave out what a runtime holds.
    print(f"{'':18} {'s/step':>8} {'times vfm':>10} {'resident GB':>12} {'of eager':>9}")
    eager = median("PyTorch eager", "peakBytes")
    for name in programs:
        key = "residentBytes" if "residentBytes" in results[name][0] else "peakBytes"
        seconds, memory = median(name, "secondsPerStep"), median(name, key)
        print(f"{name:18} {seconds:8.3f} {seconds / base:10.2f} {memory / 1e9:12.2f} {memory / eager:9.2f}")
    share = statistics.median(r["gflops"] / r["roofGflops"] for r in results["vfm"])
    print(f"share of bare products: {100 * share:.0f} %; {arguments.threads} threads; kernels of OpenBLAS: "
          f"{os.environ.get('OPENBLAS_CORETYPE', 'its own choice')}")


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
