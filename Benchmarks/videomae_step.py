#!/usr/bin/env python3
"""Times one training step of transformers' VideoMAEForPreTraining: forward, backward and AdamW, float32, eager.

    pip install "torch==2.13.0+cpu" transformers     # in a virtual environment; without torchvision
    Benchmarks/videomae_step.py --threads 2 --clips 8 --frames 8 --height 32 --width 32 --patch 8 --hidden 192

    Benchmarks/videomae_step.py --bench .build/release/vfm-bench --rounds 3      # ours and PyTorch in turn, and the ratios

prints one JSON object: the median, least and most seconds of a step, the resident set's peak of the whole process, and
the sizes that were timed. A step is zeroing, forward with the loss over normalised pixels, backward, clipping to norm 1
(0 for none) and AdamW in its fused form, on random clips with a tube mask, denormals as zero. With --bench both programs run in turn,
each in a process of its own: on a shared machine only programs of one round saw the same machine.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time


def compare(arguments):
    """Runs `vfm-bench masked` and this script in turn, and divides round by round."""
    shared = ["--threads", arguments.threads, "--repeats", arguments.repeats, "--clips", arguments.clips]
    ours = [arguments.bench, "masked", "--json", *shared,
            "--size", arguments.frames, arguments.height, arguments.width,
            "--patch", arguments.tubelet, arguments.patch, arguments.patch,
            "--width", arguments.hidden, "--depth", arguments.depth, "--heads", arguments.heads,
            "--decoder-width", arguments.decoder_hidden, "--decoder-depth", arguments.decoder_depth,
            "--decoder-heads", arguments.decoder_heads, "--hidden", arguments.masked]
    names = ("frames", "height", "width", "tubelet", "patch", "hidden", "depth", "heads", "decoder_hidden",
             "decoder_depth", "decoder_heads", "masked", "clip_norm")
    peer = [sys.executable, __file__, *shared]
    for name in names:
        peer += [f"--{name.replace('_', '-')}", getattr(arguments, name)]
    rounds = []
    for _ in range(arguments.rounds):
        pair = []
        for command in (ours, peer):
            done = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
            pair.append(json.loads(done.stdout))
        if pair[0]["parameters"] != pair[1]["parameters"]:
            sys.exit(f"ours has {pair[0]['parameters']} parameters, PyTorch's model {pair[1]['parameters']}")
        rounds.append(pair)
        print("ours {:.3f} s, PyTorch {:.3f} s".format(*(result["secondsPerStep"] for result in pair)), file=sys.stderr)
    print(f"{rounds[0][1]['tokens']} tokens, {rounds[0][1]['tokensSeen']} of them seen, {rounds[0][0]['parameters']} "
          f"parameters, {arguments.threads} threads, torch {rounds[0][1]['torch']}, {arguments.rounds} rounds")
    for name, place in (("ours", 0), ("PyTorch eager", 1)):
        seconds = statistics.median(pair[place]["secondsPerStep"] for pair in rounds)
        memory = statistics.median(pair[place]["residentBytes"] for pair in rounds) / 1e9
        print(f"  {name:14} {seconds:7.3f} s   {memory:5.2f} GB resident")
    for title, key, upper in (("time, PyTorch / ours", "secondsPerStep", 1), ("memory, ours / PyTorch", "residentBytes", 0)):
        ratios = sorted(pair[upper][key] / pair[1 - upper][key] for pair in rounds)
        print(f"  {title}: {statistics.median(ratios):.2f} ({ratios[0]:.2f} - {ratios[-1]:.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = dict(
        threads=os.cpu_count(), repeats=5, clips=2, frames=16, height=224, width=224, tubelet=2, patch=16, hidden=384,
        depth=12, heads=6, mlp=0, decoder_hidden=192, decoder_depth=4, decoder_heads=3, decoder_mlp=0)
    for name, value in sizes.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    parser.add_argument("--masked", type=float, default=0.9, help="the share of places that is hidden, rounded down")
    parser.add_argument("--clip-norm", type=float, default=1.0)
    parser.add_argument("--bench", help="the program vfm-bench, to run both in turn")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.bench:
        return compare(arguments)
    # 0 is the usual factor of four.
    arguments.mlp = arguments.mlp or 4 * arguments.hidden
    arguments.decoder_mlp = arguments.decoder_mlp or 4 * arguments.decoder_hidden

    import torch
    from transformers import VideoMAEConfig, VideoMAEForPreTraining

    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    model = VideoMAEForPreTraining(VideoMAEConfig(
        image_size=(arguments.height, arguments.width), patch_size=arguments.patch, num_frames=arguments.frames,
        tubelet_size=arguments.tubelet, hidden_size=arguments.hidden, num_hidden_layers=arguments.depth,
        num_attention_heads=arguments.heads, intermediate_size=arguments.mlp, use_mean_pooling=False,
        decoder_hidden_size=arguments.decoder_hidden, decoder_num_hidden_layers=arguments.decoder_depth,
        decoder_num_attention_heads=arguments.decoder_heads, decoder_intermediate_size=arguments.decoder_mlp)).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1.5e-4, betas=(0.9, 0.95), weight_decay=0.05, fused=True)

    places = (arguments.height // arguments.patch) * (arguments.width // arguments.patch)
    steps = arguments.frames // arguments.tubelet
    hidden = int(arguments.masked * places)
    clips = torch.randn(arguments.clips, arguments.frames, 3, arguments.height, arguments.width)
    mask = torch.zeros(arguments.clips, places, dtype=torch.bool)
    for row in mask:
        row[torch.randperm(places)[:hidden]] = True
    mask = mask.repeat(1, steps)

    def once():
        optimizer.zero_grad()
        loss = model(clips, bool_masked_pos=mask).loss
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
        "residentBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "loss": loss,
        "parameters": sum(p.numel() for p in model.parameters()), "tokens": places * steps,
        "tokensSeen": (places - hidden) * steps, "torch": torch.__version__, "sizes": vars(arguments)}))


if __name__ == "__main__":
    main()
