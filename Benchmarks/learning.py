#!/usr/bin/env python3
"""How long it takes to learn as much as PyTorch does on the quickstart's clips: the time to equal held-out loss.

    pip install "torch==2.13.0+cpu" diffusers transformers     # in a virtual environment; without torchvision
    Benchmarks/learning.py --bin .build/release --clips Datasets/quickstart

1. What the plain way reaches: the quickstart's model with patches of 2 x 8 x 8, float32, AdamW, 2200 steps of 32 clips,
   trained by this program. PyTorch reaches the same (docs/performance.md): the loss is one of the recipe, not of the program.
2. What that takes in PyTorch: steps of the same model (transformers' T5 encoder, diffusers' Wan transformer, fused AdamW, an
   average of the weights), eager, float32, times 2200.
3. What this program takes to the same loss: the same model in bfloat16, by Muon, with 16 clips a step.

Held-out loss is the geometric mean over times 0.1 to 0.9, so that no time rules it. Times are those of steps alone, looks at
held-out clips left out, on both sides.
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

RECIPE = "Recipes/quickstart.json"
MODEL = ["model.patch=[2,8,8]", "training.sampleEvery=0"]
PLAIN = MODEL + [
    "training.computePrecision=float32", "optimizer.kind=adamW", "training.batchSize=32", "training.steps={steps}",
    "training.validateEvery={steps}", "training.checkpointEvery={steps}", "optimizer.warmupSteps=100"]
FAST = MODEL + [
    "training.steps={steps}", "training.validateEvery=100", "training.checkpointEvery={steps}"]


def train(arguments, output, settings, steps):
    clips = pathlib.Path(arguments.clips)
    sets = [f"data.train={clips / 'train.jsonl'}", f"data.validation={clips / 'validation.jsonl'}"]
    sets += [setting.format(steps=steps) for setting in settings]
    command = [f"{arguments.bin}/vfm-train", "pretrain", RECIPE, "--output", output, "--threads", str(arguments.threads)]
    subprocess.run(command + [word for s in sets for word in ("--set", s)], check=True, stdout=subprocess.DEVNULL)
    lines = [json.loads(line) for line in (pathlib.Path(output) / "metrics.jsonl").read_text().splitlines()]
    seconds, looks = 0.0, []
    for line in lines:
        if "seconds" in line:
            seconds += line["seconds"]
        if "heldOut" in line:
            losses = line["heldOut"].values()
            looks.append((line["step"], math.exp(statistics.fmean(map(math.log, losses))), seconds))
    return looks, seconds


def pytorch_step(arguments, autocast=False):
    """The median seconds of a step of the plain way on PyTorch, in float32 or under bfloat16 autocast."""
    import torch
    from diffusers import WanTransformer3DModel
    from transformers import T5Config, T5EncoderModel

    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    encoder = T5EncoderModel(T5Config(
        vocab_size=64, d_model=128, d_kv=32, num_heads=4, d_ff=256, num_layers=1, feed_forward_proj="gated-gelu",
        dropout_rate=0.0))
    transformer = WanTransformer3DModel(
        patch_size=(2, 8, 8), num_attention_heads=6, attention_head_dim=32, in_channels=3, out_channels=3, text_dim=128,
        freq_dim=256, ffn_dim=768, num_layers=6, cross_attn_norm=True, qk_norm="rms_norm_across_heads")
    parameters = list(encoder.parameters()) + list(transformer.parameters())
    average = [p.detach().clone() for p in parameters]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.95), weight_decay=0.01, fused=True)
    clips, ids = torch.randn(32, 3, 8, 32, 32), torch.randint(2, 64, (32, 32))

    def once():
        optimizer.zero_grad()
        noise, t = torch.randn_like(clips), torch.rand(32)
        share = t[:, None, None, None, None]
        noisy = (1 - share) * clips + share * noise
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            text = encoder(input_ids=ids).last_hidden_state
            output = transformer(noisy, 1000 * t, text, return_dict=False)[0]
        loss = ((output.float() - clips) ** 2 / share.clamp(min=0.05) ** 2).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, parameters, 0.001)

    seconds = []
    for _ in range(arguments.repeats + 3):
        start = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[3:]), sum(p.numel() for p in parameters), torch.__version__


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=".build/release", help="the folder of vfm-train")
    parser.add_argument("--clips", default="Datasets/quickstart", help="what make quickstart renders")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--plain-steps", type=int, default=2200)
    parser.add_argument("--steps", type=int, default=2600, help="of the fast way: enough to reach the plain one's loss")
    parser.add_argument("--repeats", type=int, default=20, help="steps of PyTorch that are timed, before and after")
    parser.add_argument("--output", help="keeps the runs in this folder")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.output or temporary
        first, parameters, torch_version = pytorch_step(arguments)
        looks, plain_seconds = train(arguments, f"{folder}/plain", PLAIN, arguments.plain_steps)
        target = looks[-1][1]
        looks, fast_seconds = train(arguments, f"{folder}/fast", FAST, arguments.steps)
        second, _, _ = pytorch_step(arguments)
        narrow, _, _ = pytorch_step(arguments, autocast=True)

    peer = arguments.plain_steps * statistics.fmean([first, second])
    print(f"PyTorch {torch_version} eager, float32, AdamW: {first:.3f} and {second:.3f} s a step ({parameters} parameters), "
          f"{peer:.0f} s for {arguments.plain_steps} steps")
    print(f"the same under bfloat16 autocast: {narrow:.3f} s a step, {arguments.plain_steps * narrow:.0f} s")
    print(f"this program the same way: {plain_seconds:.0f} s, held-out loss {target:.4f}")
    reached = next(((step, seconds) for step, loss, seconds in looks if loss <= target), None)
    if reached is None:
        print(f"in bfloat16 by Muon: {looks[-1][1]:.4f} after {fast_seconds:.0f} s and {arguments.steps} steps: not reached")
        sys.exit(1)
    step, seconds = reached
    print(f"in bfloat16 by Muon: reached after {seconds:.0f} s ({step} of {arguments.steps} steps, at the end {looks[-1][1]:.4f})")
    print(f"time to equal held-out loss: {seconds / peer:.2f} of PyTorch's, {seconds / plain_seconds:.2f} of this program's plain way")


if __name__ == "__main__":
    main()
