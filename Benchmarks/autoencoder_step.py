#!/usr/bin/env python3
"""Times one training step of diffusers' AutoencoderKLWan: encode, sample, decode, backward and AdamW, float32, eager.

    pip install "torch==2.13.0+cpu" diffusers     # in a virtual environment; without torchvision
    Benchmarks/autoencoder_step.py --threads 2 --clips 8 --frames 9 --height 32 --width 32 --base 16

prints one JSON object: the median, least and most seconds of a step, the resident set's peak of the whole process and
what it was before there was a model, and the sizes that were timed. A step is zeroing, encoding the clip in the
library's chunks, a sample of the latents, decoding without the clamp to −1 … 1 (which would stop gradients), the mean of
|output − clip| plus 1e-6 times the Kullback-Leibler divergence of a clip, backward, clipping to norm 1 (0 for none) and
AdamW in its fused form, on random clips, denormals as zero. The layout is that of Wan 2.1: 4 × 8 × 8 places become one,
widths are 1, 2, 4 and 4 times the base.
"""
import argparse
import json
import os
import resource
import statistics
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = dict(
        threads=os.cpu_count(), repeats=5, clips=8, frames=9, height=32, width=32, base=16, latent_channels=16,
        residual_blocks=2)
    for name, value in sizes.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    parser.add_argument("--clip-norm", type=float, default=1.0)
    arguments = parser.parse_args()
    if arguments.frames % 4 != 1:
        parser.error(f"--frames {arguments.frames}: the model takes 1, 5, 9 … frames and drops what is over")

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
