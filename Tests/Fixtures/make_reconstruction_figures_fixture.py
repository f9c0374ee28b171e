"""Writes reconstruction_figures.json beside this file: figures of reconstructed clips by scikit-image and NumPy.

    pip install numpy==2.4.6 scikit-image==0.26.0
    python make_reconstruction_figures_fixture.py

Clips are [B, C, F, H, W]. Structural similarity is scikit-image's with Gaussian weights, cropped to windows that lie within the
picture; of frames with a side below 11, which it refuses, it is computed here with the largest odd window that fits, after
a comparison of this code with scikit-image's.
"""

import json
import os

import numpy as np
from skimage.metrics import structural_similarity

rng = np.random.default_rng(5)


def library(x, y):
    _, full = structural_similarity(
        x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=2, full=True)
    return full[5:-5, 5:-5].mean()


def own(x, y):
    shorter = min(11, *x.shape)
    side = shorter - 1 + shorter % 2
    places = np.arange(side) - side // 2
    line = np.exp(-(places**2) / (2 * 1.5**2))
    window = np.outer(line, line) / line.sum() ** 2
    views = [np.lib.stride_tricks.sliding_window_view(p, (side, side)) for p in (x, y, x * x, y * y, x * y)]
    mx, my, xx, yy, xy = [np.einsum("ijkl,kl->ij", v, window) for v in views]
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    similarity = (2 * mx * my + c1) * (2 * (xy - mx * my) + c2)
    similarity /= (mx**2 + my**2 + c1) * (xx - mx**2 + yy - my**2 + c2)
    return similarity.mean()


def ssim(x, y):
    if min(x.shape) < 11:
        return own(x, y)
    value = library(x, y)
    assert abs(value - own(x, y)) < 1e-9
    return value


def psnr(e):
    return 10 * np.log10(4 / (e**2).mean())


def case(shape):
    clips, channels, frames, height, width = shape
    y, x = np.mgrid[0:height, 0:width]
    t = np.arange(frames)[:, None, None]
    original = np.stack([
        np.stack([0.9 * np.sin(0.3 * x + 0.2 * c + 0.5 * t) * np.cos(0.25 * y - 0.3 * b) for c in range(channels)])
        for b in range(clips)])
    original = np.round(original, 3)
    noise = rng.normal(size=shape) * np.linspace(0.05, 0.2, clips)[:, None, None, None, None]
    reconstruction = np.round(original + noise, 3)
    e = np.clip(reconstruction, -1, 1) - original
    figures = []
    for b in range(clips):
        planes = [
            ssim(original[b, c, f], np.clip(reconstruction[b, c, f], -1, 1))
            for c in range(channels) for f in range(frames)]
        figure = {"psnr": psnr(e[b]), "psnrFirstFrame": psnr(e[b, :, 0]), "ssim": np.mean(planes)}
        if frames > 1:
            figure["psnrOtherFrames"] = psnr(e[b, :, 1:])
            figure["flicker"] = 127.5 * np.abs(np.diff(e[b], axis=1)).mean()
        figures.append({name: float(value) for name, value in figure.items()})
    return {
        "shape": shape, "original": original.ravel().tolist(), "reconstruction": reconstruction.ravel().tolist(),
        "figures": figures}


shapes = [[2, 3, 2, 13, 19], [1, 1, 3, 27, 33], [1, 3, 1, 12, 11], [1, 2, 3, 7, 4], [1, 1, 2, 1, 5]]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reconstruction_figures.json")
with open(path, "w") as file:
    json.dump([case(shape) for shape in shapes], file)
    file.write("\n")
