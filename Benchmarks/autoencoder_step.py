#!/usr/bin/env python3
"""Times one training step of diffusers' AutoencoderKLWan: encode, sample, decode, backward and AdamW, float32, eager.

    pip install "torch==2.13.0+cpu" diffusers     # in a virtual environment; without torchvision
    Benchmarks/autoencoder_step.py --threads 2 --clips 8 --frames 9 --height 32 --width 32 --base 16

    Benchmarks/autoencoder_step.py --bench .build/release/vfm-bench --rounds 3      # ours and PyTorch in turn, and the ratios

prints one JSON object: the median, least and most seconds of a step, the resident set's peak of the whole process and
what it was before there was a model, and the sizes that were timed. A step is zeroing, encoding the clip in the
library's chunks, a sample of the latents, decoding without the clamp to −1 … 1 (which would stop gradients), the mean of
|output − clip| plus 1e-6 times the Kullback-Leibler divergence of a clip, backward, clipping to norm 1 (0 for none) and
AdamW in its fused form, on random clips, denormals as zero. The layout is that of Wan 2.1: 4 × 8 × 8 places become one,
widths are 1, 2, 4 and 4 times the base. With --bench both programs run in turn, each in a process of its own: on a shared
machine only programs of one round saw the same machine.
"""
import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time


def resident_peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def decode(model, latents):
    """What `model.decode` does, latent frame by latent frame, but for its clamp."""
    import torch

    model.clear_cache()
    latents = model.post_quant_conv(latents)
    chunks = []
    for frame in range(latents.shape[2]):
        model._conv_idx = [0]
        chunks.append(model.decoder(
            latents[:, :, frame:frame + 1], feat_cache=model._feat_map, feat_idx=model._conv_idx,
            first_chunk=frame == 0))
    model.clear_cache()
    return torch.cat(chunks, dim=2)


def compare(arguments):
    """Runs `vfm-bench autoencoder` and this script in turn, and divides round by round."""
    shared = ["--threads", arguments.threads, "--repeats", arguments.repeats, "--clips", arguments.clips,
              "--latent-channels", arguments.latent_channels, "--residual-blocks", arguments.residual_blocks, "--precision", arguments.precision]
    commands = {
        "ours": [arguments.bench, "autoencoder", "--json", *shared,
                 "--size", arguments.frames, arguments.height, arguments.width, "--width", arguments.base],
        "PyTorch eager": [sys.executable, __file__, *shared, "--frames", arguments.frames, "--height", arguments.height,
                          "--width", arguments.width, "--base", arguments.base, "--clip-norm", arguments.clip_norm],
    }
    rounds = []
    for _ in range(arguments.rounds):
        results = {}
        for name, command in commands.items():
            done = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
            results[name] = json.loads(done.stdout)
        ours, peer = results.values()
        if ours["parameters"] != peer["parameters"]:
            sys.exit(f"ours has {ours['parameters']} parameters, PyTorch's model {peer['parameters']}")
        rounds.append(results)
        print(f"ours {ours['secondsPerStep']:.3f} s, PyTorch {peer['secondsPerStep']:.3f} s", file=sys.stderr)

    ratios = {
        "time, PyTorch / ours": [r["PyTorch eager"]["secondsPerStep"] / r["ours"]["secondsPerStep"] for r in rounds],
        "memory, ours / PyTorch": [r["ours"]["residentBytes"] / r["PyTorch eager"]["residentBytes"] for r in rounds],
    }
    if arguments.json:
        print(json.dumps({"rounds": rounds, "ratios": ratios}))
        return
    ours, peer = rounds[0].values()
    print(f"{arguments.clips} x {arguments.frames} x {arguments.height} x {arguments.width}, base {arguments.base}, "
          f"{ours['parameters']} parameters, {arguments.precision}, {arguments.threads} threads, torch {peer['torch']}, {arguments.rounds} rounds")
    for name in commands:
        seconds = statistics.median(results[name]["secondsPerStep"] for results in rounds)
        memory = statistics.median(results[name]["residentBytes"] for results in rounds) / 1e9
        print(f"  {name:14} {seconds:7.3f} s   {memory:5.2f} GB resident")
    shares = ", ".join(f"{100 * share:.0f} % {kind}" for kind, share in ours["shares"].items())
    print(f"  ours: {ours['gflops']:.0f} GFLOP/s; {shares}; {ours['peakBytes'] / 1e9:.3f} GB of tensors")
    for title, values in ratios.items():
        print(f"  {title}: {statistics.median(values):.2f} ({min(values):.2f} - {max(values):.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = dict(
        threads=os.cpu_count(), repeats=5, clips=8, frames=9, height=32, width=32, base=16, latent_channels=16,
        residual_blocks=2)
    for name, value in sizes.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    parser.add_argument("--clip-norm", type=float, default=1.0)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32",
                        help="bfloat16: by autocast on PyTorch's side")
    parser.add_argument("--bench", help="the program vfm-bench, to run both in turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns, with --bench")
    parser.add_argument("--json", action="store_true", help="one JSON object, with --bench too")
    arguments = parser.parse_args()
    if arguments.frames % 4 != 1:
        parser.error(f"--frames {arguments.frames}: the model takes 1, 5, 9 … frames and drops what is over")
    if arguments.bench:
        return compare(arguments)

    import torch
    from diffusers import AutoencoderKLWan

    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    before = resident_peak()
    model = AutoencoderKLWan(
        base_dim=arguments.base, z_dim=arguments.latent_channels, num_res_blocks=arguments.residual_blocks).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.01, fused=True)
    clips = torch.randn(arguments.clips, 3, arguments.frames, arguments.height, arguments.width)

    def once():
        optimizer.zero_grad()
        cast = arguments.precision == "bfloat16"
        with torch.autocast("cpu", torch.bfloat16) if cast else contextlib.nullcontext():
            latents = model.encode(clips).latent_dist
            output = decode(model, latents.sample())
        divergence = 0.5 * (latents.mean.square() + latents.var - 1 - latents.logvar).sum() / arguments.clips
        loss = (output - clips).abs().mean() + 1e-6 * divergence
        loss.backward()
        if arguments.clip_norm > 0:
            torch.nn.utils.clip_grad_norm_(model.parameters(), arguments.clip_norm)
        optimizer.step()
        return loss.item()

    for _ in range(2):
        once()
    seconds = []
    for _ in range(arguments.repeats):
        start = time.perf_counter()
        loss = once()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "secondsPerStep": statistics.median(seconds), "secondsLeast": min(seconds), "secondsMost": max(seconds),
        "residentBytes": resident_peak(), "residentBytesBefore": before, "loss": loss,
        "parameters": sum(p.numel() for p in model.parameters()), "torch": torch.__version__, "sizes": vars(arguments)}))


if __name__ == "__main__":
    main()
