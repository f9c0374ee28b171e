"""Writes wan_autoencoder.h5, wan_autoencoder_odd.h5 and wan22_autoencoder.h5 beside this file: what diffusers makes of
tiny random video autoencoders in the layouts of Wan 2.1 and Wan 2.2.

    pip install torch==2.13.0 diffusers==0.42.1 transformers==5.23.0 h5py
    python make_autoencoder_fixtures.py

As in make_fixtures.py all numbers are random, PyTorch computes in float64 and results are rounded once. The file's own
`inputs`, `outputs` and `gradients` are those of one clip size with the gradients of all parameters; `cases/FxHxW` holds
the same groups for other sizes. Of a case there are

    inputs/clip, inputs/noise                     [B, C, F, H, W]; the noise has the shape of the latents
    outputs/moments                               after quant_conv: mean, then logarithm of the variance, not clamped
    outputs/latents                               mean + exp(logvar / 2) · noise
    outputs/sample                                the decoder's answer to the latents, not clamped to −1 … 1
    outputs/moments_gradient, outputs/sample_gradient    random v and w of loss = Σ v · moments + Σ w · sample
    outputs/loss
    gradients/inputs/clip, gradients/inputs/latents      the latter without v, as it leaves the decoder
    gradients/NAME                                of parameters, zero where the case does not use one

13 frames are the fewest at which all taps of every convolution over time matter (9 where the rate is halved once).
Cases named in `with_gradients` have gradients: of all parameters where `whole` says so, else of gammas, biases and
convolutions over time; the others have no loss. Lists of the configuration are attributes `dim_mult_0` and so on, truths
are 0 or 1, and `config` is all of it as JSON. Gradients go through diffusers' caches of earlier chunks; each case is
computed a second time by whole_clip_autoencoder.py, which must agree to 1e-10 of the norm.
"""

import json
import os

import h5py
import numpy as np
import torch
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders import autoencoder_kl_wan

import whole_clip_autoencoder as whole_clip
from make_fixtures import HERE, in_double, random, randomise, write


def attributes(config):
    """The configuration as single numbers, which an attribute can hold."""
    result = dict(config=np.bytes_(json.dumps(config)))
    for name, value in config.items():
        if isinstance(value, list):
            result |= {f"{name}_{place}": int(item) for place, item in enumerate(value)}
        else:
            result[name] = int(value)
    return result


def decode(model, latents):
    """`model.decode` without its clamp, through which no gradient outside −1 … 1 comes."""
    clamp = torch.clamp
    autoencoder_kl_wan.torch.clamp = lambda x, min, max: x
    try:
        return model.decode(latents).sample
    finally:
        autoencoder_kl_wan.torch.clamp = clamp


def run(encode, decode, parameters, inputs, gradients):
    """Outputs, and the gradients of parameters, clip and latents by name."""
    clip = inputs["clip"].clone().requires_grad_()
    moments = encode(clip)
    mean, logvar = moments.chunk(2, dim=1)
    latents = mean + torch.exp(logvar / 2) * inputs["noise"]
    sample = decode(latents)
    assert sample.dtype == moments.dtype == torch.float64
    outputs = dict(moments=moments, latents=latents, sample=sample)
    if not gradients:
        return outputs, {}
    through_decoder = (gradients["sample"] * sample).sum()
    loss = through_decoder + (gradients["moments"] * moments).sum()
    outputs |= dict(
        loss=loss[None], moments_gradient=gradients["moments"], sample_gradient=gradients["sample"])
    names, leaves = zip(*parameters)
    found = torch.autograd.grad(loss, [*leaves, clip], retain_graph=True, allow_unused=True)
    found = [torch.zeros_like(leaf) if grad is None else grad for leaf, grad in zip([*leaves, clip], found)]
    return outputs, dict(zip([*names, "inputs/clip"], found)) | {
        "inputs/latents": torch.autograd.grad(through_decoder, latents)[0]}


def expect_equal(ours, theirs, what):
    for name, value in theirs.items():
        error, size = (ours[name] - value).norm(), value.norm()
        assert error <= 1e-10 * size, f"{what}: {name} is off by {error}, its norm is {size}"


def case(model, config, generator, clips, frames, height, width, with_gradients):
    clip = 0.7 * random(generator, clips, 3, frames, height, width)
    clip = clip.to(torch.float32).double()
    with torch.no_grad():
        moments = model._encode(clip)
        noise = random(generator, *moments.chunk(2, dim=1)[0].shape)
        sample = decode(model, noise)
    gradients = {}
    if with_gradients:
        gradients = dict(moments=random(generator, *moments.shape), sample=random(generator, *sample.shape))
    inputs = dict(clip=clip, noise=noise)
    parameters = list(model.named_parameters())
    by_name = dict(parameters)
    outputs, found = run(model._encode, lambda x: decode(model, x), parameters, inputs, gradients)
    again, found_again = run(
        lambda x: whole_clip.encode(by_name, config, x), lambda x: whole_clip.decode(by_name, config, x),
        parameters, inputs, gradients)
    what = f"{frames} × {height} × {width}"
    expect_equal(again, outputs, what)
    expect_equal(found_again, found, what)
    logvar = outputs["moments"].chunk(2, dim=1)[1]
    assert -30 < logvar.min() and logvar.max() < 20, "DiagonalGaussianDistribution would clamp"
    return inputs, outputs, found


def autoencoder(file, seed, first, others, with_gradients, whole, **config):
    """`first` and `others` are clips, frames, height and width; the last two name cases as they are in the file."""
    generator = torch.Generator().manual_seed(seed)
    with in_double():
        model = AutoencoderKLWan(**config).double().eval()
        randomise(model, generator)
        for name, parameter in model.named_parameters():
            if name.endswith("gamma"):
                parameter.data = (1 + 0.3 * random(generator, *parameter.shape)).to(torch.float32).double()
        inputs, outputs, found = case(model, config, generator, *first, True)
        for name, parameter in model.named_parameters():
            parameter.grad = found.pop(name)
        write(
            file, attributes(config), model, inputs, outputs,
            {name.removeprefix("inputs/"): grad for name, grad in found.items()})
        with h5py.File(os.path.join(HERE, file), "a") as out:
            for clips, *sizes in others:
                key = "x".join(str(size) for size in sizes)
                inputs, outputs, found = case(model, config, generator, clips, *sizes, key in with_gradients)
                if key not in whole:
                    few = ("inputs/clip", "inputs/latents", "bias", "gamma", "time_conv.weight")
                    found = {name: grad for name, grad in found.items() if name.endswith(few)}
                for group, values in (("inputs", inputs), ("outputs", outputs), ("gradients", found)):
                    for name, value in values.items():
                        out[f"cases/{key}/{group}/{name}"] = value.detach().numpy().astype(np.float32)


if __name__ == "__main__":
    torch.set_num_threads(1)
    autoencoder(
        "wan_autoencoder.h5", 20, first=(2, 5, 16, 16),
        others=[(2, 1, 16, 16), (1, 9, 16, 16), (1, 13, 8, 16), (1, 1, 24, 40), (1, 9, 8, 24)],
        with_gradients=["1x16x16", "13x8x16"], whole=[],
        base_dim=4, z_dim=4, dim_mult=[1, 2, 4, 4], num_res_blocks=1, temperal_downsample=[False, True, True])
    # Odd widths, 2 × 4 × 4, time before space alone. 14 × 23 is no multiple of 4: what is over is cut off at each level.
    autoencoder(
        "wan_autoencoder_odd.h5", 21, first=(2, 5, 12, 20),
        others=[(2, 1, 12, 20), (1, 9, 12, 20), (1, 1, 14, 23)],
        with_gradients=["1x12x20", "9x12x20"], whole=["1x12x20"],
        base_dim=5, z_dim=3, dim_mult=[1, 2, 2], num_res_blocks=2, temperal_downsample=[True, False])
    autoencoder(
        "wan22_autoencoder.h5", 24, first=(2, 5, 16, 32),
        others=[(2, 1, 16, 16), (1, 9, 16, 16), (1, 13, 16, 16), (1, 1, 32, 48)],
        with_gradients=["1x16x16", "13x16x16"], whole=[],
        base_dim=3, decoder_base_dim=4, z_dim=6, dim_mult=[1, 2, 4, 4], num_res_blocks=2,
        temperal_downsample=[False, True, True], is_residual=True, in_channels=12, out_channels=12, patch_size=2,
        scale_factor_temporal=4, scale_factor_spatial=16)
