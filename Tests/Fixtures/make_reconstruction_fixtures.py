"""Writes reconstruction.json beside this file: terms of the loss of reconstructions, and normally distributed latents, with
gradients by PyTorch's automatic differentiation in double precision.

    pip install torch==2.13.0
    python make_reconstruction_fixtures.py

Clips are [B, F, H, W, C]. The gradient is that of the mean over clips of their losses.
"""

import json
import os

import torch

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)


def rounded(shape, size=1.0):
    return (torch.randn(shape) * size).mul(1000).round() / 1000


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def clip_means(x):
    return x.flatten(1).mean(1) if x[0].numel() else x.flatten(1).sum(1)


def absolute(e):
    return clip_means(e.abs())


def squared(e):
    return clip_means(e.square())


def spatial(e):
    return clip_means(e.diff(dim=3).abs()) + clip_means(e.diff(dim=2).abs())


def temporal(e):
    return clip_means(e.diff(dim=1).abs())


def pyramid(e, levels, rise):
    low, details = e, []
    while len(details) < levels and max(low.shape[2:4]) > 1:
        for axis in (2, 3):
            if low.shape[axis] % 2:
                last = low.narrow(axis, low.shape[axis] - 1, 1)
                low = torch.cat([low, last], axis)
        a, b = low[:, :, 0::2, 0::2], low[:, :, 0::2, 1::2]
        c, d = low[:, :, 1::2, 0::2], low[:, :, 1::2, 1::2]
        details.append(sum(clip_means(x.abs() / 4) for x in (a - b + c - d, a + b - c - d, a - b - c + d)))
        low = (a + b + c + d) / 4
    weights = [rise ** (len(details) - 1 - level) for level in range(len(details))]
    total = sum(weights) + 1
    return sum((w / total * x for w, x in zip(weights, details)), clip_means(low.abs()) / total)


terms = {
    "absolute": (absolute, {}),
    "squared": (squared, {}),
    "pyramid": (lambda e: pyramid(e, 3, 1.0), {"levels": 3, "rise": 1}),
    "rising pyramid": (lambda e: pyramid(e, 2, 1.5), {"levels": 2, "rise": 1.5}),
    "spatial difference": (spatial, {}),
    "temporal difference": (temporal, {}),
}


def losses(shape):
    target, output = rounded(shape), rounded(shape)
    results = []
    for name, (term, options) in terms.items():
        x = output.clone().requires_grad_()
        values = term(x - target)
        values.mean().backward()
        results.append({"term": name, **options, "losses": numbers(values), "gradient": numbers(x.grad)})
    return {"shape": shape, "output": numbers(output), "target": numbers(target), "terms": results}


def latents(clips, rows, width, values):
    moments, noise, slope = rounded((clips, rows, 2 * width), 1.5), rounded((clips, rows, width)), rounded((clips, rows, width))
    # Beyond the bounds, and on one of them.
    moments[0, 0, width], moments[0, 1, width], moments[-1, -1, -1] = -31.5, 20, 20.25
    x = moments.clone().requires_grad_()
    mean, logvar = x.chunk(2, dim=-1)
    logvar = logvar.clamp(-30, 20)
    z = mean + (0.5 * logvar).exp() * noise
    divergence = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).sum((1, 2)) / values
    share = 0.25
    ((z * slope).sum() + share * divergence.mean()).backward()
    return {
        "clips": clips, "rows": rows, "width": width, "values": values, "share": share, "moments": numbers(moments),
        "noise": numbers(noise), "slope": numbers(slope), "latents": numbers(z), "divergences": numbers(divergence),
        "gradient": numbers(x.grad)}


shapes = [[2, 3, 5, 3, 2], [1, 2, 8, 8, 3], [2, 1, 6, 7, 3], [1, 2, 1, 5, 1], [1, 1, 1, 1, 3]]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reconstruction.json")
with open(path, "w") as file:
    json.dump({"losses": [losses(shape) for shape in shapes], "latents": [latents(2, 3, 2, 24), latents(1, 2, 17, 100)]}, file)
    file.write("\n")
