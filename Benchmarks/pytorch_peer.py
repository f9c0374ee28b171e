#!/usr/bin/env python3
"""Times the training step of `vfm-bench step`, or the solver step of `vfm-bench sampling`, on PyTorch: diffusers'
WanTransformer3DModel, eager or compiled, in float32 or in bfloat16 (training under autocast, sampling with weights of bfloat16).

    pip install "torch==2.13.0+cpu" diffusers transformers     # in a virtual environment; without torchvision
    Benchmarks/pytorch_peer.py step --compile --precision bfloat16      # one program, one JSON object
    Benchmarks/pytorch_peer.py sampling --shape small
    Benchmarks/pytorch_peer.py compare --bench .build/release/vfm-bench  # all programs in turn, and the ratios
    Benchmarks/pytorch_peer.py compare --what sampling

A step is zeroing, forward, a loss whose gradient is the output plus the clip, backward, clipping to norm 1 and AdamW,
on random data: what `vfm-bench step` does. A solver step is the model's outputs for one clip with a text and without,
in one batch or one after the other as diffusers' pipeline computes them, whichever is faster, and the Euler step.
PyTorch has as many threads, denormals as zero, fused attention, and the optimizer in its fused form. Memory is the
resident set's peak of the whole process, read from the kernel.
"""
import argparse
import contextlib
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
PRECISIONS = ("float32", "bfloat16")


def transformer(arguments):
    """The model of a shape, as it runs, and a clip, text and time for it."""
    import torch
    from diffusers import WanTransformer3DModel

    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    clips, frames, height, width, model_width, depth, heads = SHAPES[arguments.shape]
    clips = arguments.clips or clips
    model = WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=heads, attention_head_dim=model_width // heads,
        in_channels=16, out_channels=16, text_dim=256, freq_dim=256, ffn_dim=4 * model_width,
        num_layers=depth, cross_attn_norm=True, qk_norm="rms_norm_across_heads", rope_max_seq_len=1024)
    run = torch.compile(model) if arguments.compile else model

    # Training is under autocast, with weights of float32; sampling has weights of bfloat16, as pipelines usually do.
    is_narrow = arguments.precision == "bfloat16"
    if is_narrow and arguments.command == "sampling":
        model.to(torch.bfloat16)

    def output(clip, times, text):
        cast = is_narrow and arguments.command == "step"
        with torch.autocast("cpu", torch.bfloat16) if cast else contextlib.nullcontext():
            return run(clip.to(kind), times, text.to(kind), return_dict=False)[0].float()

    kind = next(model.parameters()).dtype
    clip = torch.randn(clips, 16, frames, height, width)
    return model, output, clip, torch.randn(clips, 64, 256), torch.full((clips,), 500.0)


def measure(arguments, model, once):
    import resource

    import torch

    for _ in range(2):
        once()
    seconds = []
    for _ in range(arguments.repeats):
        start = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - start)
    return {
        "secondsPerStep": statistics.median(seconds), "secondsLeast": min(seconds), "secondsMost": max(seconds),
        "residentBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "threads": arguments.threads,
        "parameters": sum(p.numel() for p in model.parameters()), "torch": torch.__version__}


def step(arguments):
    import torch

    model, run, clip, text, times = transformer(arguments)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.01, fused=True)

    def once():
        optimizer.zero_grad()
        output = run(clip, times, text)
        output.backward(output.detach() + clip)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    print(json.dumps(measure(arguments, model, once)))


def sampling(arguments):
    import torch

    model, run, clip, text, times = transformer(arguments)
    empty = torch.randn_like(text)

    def together():
        both = run(torch.cat([clip, clip]), torch.cat([times, times]), torch.cat([text, empty]))
        return both.chunk(2)

    def apart():
        return run(clip, times, text), run(clip, times, empty)

    def once(outputs):
        with torch.no_grad():
            with_text, without = outputs()
            clip.add_(without + 4 * (with_text - without), alpha=-1 / 30)

    # The one that takes less memory comes first, for memory is the peak of the whole process.
    results = [measure(arguments, model, lambda outputs=outputs: once(outputs)) for outputs in (apart, together)]
    print(json.dumps(min(results, key=lambda result: result["secondsPerStep"])))


def ours(arguments, *options):
    """One process of vfm-bench, as one of its peers would tell."""
    command = [arguments.bench, arguments.what, "--json", "--shape", arguments.shape, "--threads",
               arguments.threads, "--repeats", arguments.repeats, *options]
    if arguments.clips:
        command += ["--clips", arguments.clips]
    result = run_json(command)
    if arguments.what == "sampling":
        seconds = result["secondsPerSolverStep"]
        result |= {"secondsPerStep": seconds["median"], "secondsLeast": seconds["least"],
                   "secondsMost": seconds["most"]}
    return result


def theirs(arguments, *options):
    command = [sys.executable, __file__, arguments.what, "--shape", arguments.shape, "--threads", arguments.threads,
               "--repeats", arguments.repeats, *options]
    return run_json(command + (["--clips", arguments.clips] if arguments.clips else []))


def run_json(command):
    lines = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(lines.stdout)


def compare(arguments):
    """Runs all programs in turn, `rounds` times, each in a process of its own."""
    if arguments.what == "sampling":
        arguments.clips = arguments.clips or 1
    results = {}
    for round_ in range(arguments.rounds):
        for precision in arguments.precisions:
            chosen = ["--precision", precision]
            programs = {
                OURS: lambda: ours(arguments, *chosen), EAGER: lambda: theirs(arguments, *chosen),
                COMPILED: lambda: theirs(arguments, "--compile", *chosen)}
            if arguments.what == "step":
                programs[RECOMPUTED] = lambda: ours(arguments, "--recompute", *chosen)
            for name, program in programs.items():
                result = program()
                results.setdefault((name, precision), []).append(result)
                print(f"round {round_ + 1}: {name}, {precision}: {result['secondsPerStep']:.4f} s", file=sys.stderr)
    if len({r["parameters"] for all_ in results.values() for r in all_ if "parameters" in r}) != 1:
        sys.exit("the programs differ in their numbers of parameters: SHAPES here and vfm-bench's are not the same")
    report(arguments, results)


def report(arguments, results):
    torch = next(r["torch"] for all_ in results.values() for r in all_ if "torch" in r)
    print(f"{arguments.what}, {arguments.shape}, {arguments.threads} threads, torch {torch}, medians of "
          f"{arguments.rounds} rounds of {arguments.repeats} steps (least – most)")
    for (name, precision), all_ in results.items():
        seconds = statistics.median(r["secondsPerStep"] for r in all_)
        least, most = min(r["secondsLeast"] for r in all_), max(r["secondsMost"] for r in all_)
        memory = [r["residentBytes"] for r in all_ if "residentBytes" in r]
        resident = f"   {statistics.median(memory) / 1e9:5.2f} GB resident" if memory else ""
        print(f"  {name:18} {precision:9} {seconds:8.4f} s ({least:.4f} – {most:.4f}){resident}")

    # Programs of one round saw the same machine, so they are divided round by round.
    def ratio(figure, upper, lower):
        pairs = zip(results.get(upper, []), results.get(lower, []))
        values = [a[figure] / b[figure] for a, b in pairs if figure in a and figure in b]
        if values:
            print_spread(f"{'time' if figure == 'secondsPerStep' else 'memory'}, {', '.join(upper)} / {', '.join(lower)}",
                         values)

    for precision in arguments.precisions:
        for peer in (EAGER, COMPILED):
            ratio("secondsPerStep", (peer, precision), (OURS, precision))
        ratio("secondsPerStep", (RECOMPUTED, precision), (OURS, precision))
        for peer in (EAGER, COMPILED):
            ratio("residentBytes", (OURS, precision), (peer, precision))
        ratio("residentBytes", (RECOMPUTED, precision), (EAGER, precision))
        if arguments.what == "step":
            for name in (OURS, RECOMPUTED):
                print_spread(f"share of bare products, {name}, {precision}",
                             [r["shareOfRoof"] for r in results[name, precision]])
    ratio("secondsPerStep", (OURS, "float32"), (OURS, "bfloat16"))


def print_spread(name, values):
    print(f"  {name:64} {statistics.median(values):6.3f} ({min(values):.3f} – {max(values):.3f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (("step", step), ("sampling", sampling), ("compare", compare)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--shape", choices=SHAPES, default="yardstick")
        command.add_argument("--clips", type=int, help="instead of the shape's number")
        command.add_argument("--threads", type=int, default=os.cpu_count())
        command.add_argument("--repeats", type=int, default=5)
        if name == "compare":
            command.add_argument("--what", choices=("step", "sampling"), default="step")
            command.add_argument("--bench", default=".build/release/vfm-bench")
            command.add_argument("--rounds", type=int, default=3)
            command.add_argument("--precisions", nargs="+", choices=PRECISIONS, default=PRECISIONS)
        else:
            command.add_argument("--compile", action="store_true")
            command.add_argument("--precision", choices=PRECISIONS, default="float32")
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
