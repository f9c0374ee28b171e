"""diffusers' `AutoencoderKLWan` on a whole clip at once, as functions of its parameters by name.

The library sends chunks of one, four, four … frames through its encoder and one latent frame at a time through its
decoder, and keeps what later chunks need in caches; without them it does not change the frame rate at all. For clips of
4n + 1 frames the formulas here are the same function, written for all frames together. `make_autoencoder_fixtures.py`
holds outputs and gradients of both against each other. Clips are [B, C, F, H, W], `p` maps names to tensors.
"""

import torch
import torch.nn.functional as F


def causal(p, name, x):
    """A convolution whose frame t sees frames t−2, t−1 and t; before the first there are zeros."""
    weight = p[f"{name}.weight"]
    time, space = weight.shape[2] - 1, weight.shape[3] // 2
    return F.conv3d(F.pad(x, (space, space, space, space, time, 0)), weight, p[f"{name}.bias"])


def per_frame(p, name, x, **options):
    """A convolution of each frame by itself."""
    frames = x.transpose(1, 2).flatten(0, 1)
    frames = F.conv2d(frames, p[f"{name}.weight"], p[f"{name}.bias"], **options)
    return frames.unflatten(0, (x.shape[0], x.shape[2])).transpose(1, 2)


def norm(p, name, x):
    length = x.square().sum(dim=1, keepdim=True).sqrt().clamp(min=1e-12)
    return x / length * x.shape[1] ** 0.5 * p[f"{name}.gamma"].reshape(1, -1, 1, 1, 1)


def residual(p, name, x):
    y = causal(p, f"{name}.conv1", F.silu(norm(p, f"{name}.norm1", x)))
    y = causal(p, f"{name}.conv2", F.silu(norm(p, f"{name}.norm2", y)))
    return y + (causal(p, f"{name}.conv_shortcut", x) if f"{name}.conv_shortcut.weight" in p else x)


def attention(p, name, x):
    """One head over the places of each frame."""
    batch, channels, frames, height, width = x.shape
    qkv = per_frame(p, f"{name}.to_qkv", norm(p, f"{name}.norm", x))
    q, k, v = qkv.permute(0, 2, 3, 4, 1).reshape(batch, frames, height * width, 3 * channels).chunk(3, dim=-1)
    y = torch.softmax(q @ k.transpose(-1, -2) / channels ** 0.5, dim=-1) @ v
    y = y.reshape(batch, frames, height, width, channels).permute(0, 4, 1, 2, 3)
    return x + per_frame(p, f"{name}.proj", y)


def middle(p, name, x):
    x = attention(p, f"{name}.attentions.0", residual(p, f"{name}.resnets.0", x))
    return residual(p, f"{name}.resnets.1", x)


def head(p, name, x):
    return causal(p, f"{name}.conv_out", F.silu(norm(p, f"{name}.norm_out", x)))


def down(p, name, x):
    """Half the size; half the frame rate too where there is a `time_conv`, which leaves the first frame alone."""
    x = per_frame(p, f"{name}.resample.1", F.pad(x, (0, 1, 0, 1)), stride=2)
    if f"{name}.time_conv.weight" in p and x.shape[2] > 1:
        later = F.conv3d(x, p[f"{name}.time_conv.weight"], p[f"{name}.time_conv.bias"], stride=(2, 1, 1))
        x = torch.cat([x[:, :, :1], later], dim=2)
    return x


def up(p, name, x):
    """Twice the size. With `time_conv` each later frame becomes two, and sees no frame 0: zeros stand there."""
    if f"{name}.time_conv.weight" in p and x.shape[2] > 1:
        pairs = F.pad(x[:, :, 1:], (0, 0, 0, 0, 2, 0))
        pairs = F.conv3d(pairs, p[f"{name}.time_conv.weight"], p[f"{name}.time_conv.bias"])
        pairs = torch.stack(pairs.chunk(2, dim=1), dim=3).flatten(2, 3)
        x = torch.cat([x[:, :, :1], pairs], dim=2)
    x = x.repeat_interleave(2, dim=3).repeat_interleave(2, dim=4)
    return per_frame(p, f"{name}.resample.1", x, padding=1)


def down_shortcut(x, channels, time, space):
    """Blocks of time × space × space places become channels, and groups of them are averaged. Missing frames are zeros."""
    x = F.pad(x, (0, 0, 0, 0, -x.shape[2] % time, 0))
    x = x.unflatten(2, (-1, time)).unflatten(4, (-1, space)).unflatten(6, (-1, space))
    x = x.permute(0, 1, 3, 5, 7, 2, 4, 6).flatten(1, 4)  # [B, C · time · space · space, F, H, W]
    return x.unflatten(1, (channels, -1)).mean(dim=2)


def up_shortcut(x, channels, time, space):
    """Channels, each repeated, become blocks of time × space × space places; frames before the first are cut off."""
    x = x.repeat_interleave(channels * time * space * space // x.shape[1], dim=1)
    x = x.unflatten(1, (channels, time, space, space))
    x = x.permute(0, 1, 5, 2, 6, 3, 7, 4).flatten(2, 3).flatten(3, 4).flatten(4, 5)
    return x[:, :, time - 1:]


def encode(p, config, clip):
    """Mean and logarithm of the variance, [B, 2Z, 1 + (F − 1) / 4, …]."""
    size = config.get("patch_size") or 1
    x = clip.unflatten(4, (-1, size)).unflatten(3, (-1, size))  # [B, C, F, H, py, W, px]
    x = x.permute(0, 1, 6, 4, 2, 3, 5).flatten(1, 3)
    x = causal(p, "encoder.conv_in", x)
    levels, place = len(config["dim_mult"]), 0
    for level in range(levels):
        last = level == levels - 1
        if config.get("is_residual"):
            name = f"encoder.down_blocks.{level}"
            time = 2 if not last and config["temperal_downsample"][level] else 1
            shortcut = down_shortcut(x, config["base_dim"] * config["dim_mult"][level], time, 1 if last else 2)
            for block in range(config["num_res_blocks"]):
                x = residual(p, f"{name}.resnets.{block}", x)
            x = (x if last else down(p, f"{name}.downsampler", x)) + shortcut
        else:
            for _ in range(config["num_res_blocks"]):
                x = residual(p, f"encoder.down_blocks.{place}", x)
                place += 1
            if not last:
                x = down(p, f"encoder.down_blocks.{place}", x)
                place += 1
    return causal(p, "quant_conv", head(p, "encoder", middle(p, "encoder.mid_block", x)))


def decode(p, config, latents):
    """The clip, not clamped."""
    x = causal(p, "decoder.conv_in", causal(p, "post_quant_conv", latents))
    x = middle(p, "decoder.mid_block", x)
    levels = len(config["dim_mult"])
    for level in range(levels):
        name, last, before = f"decoder.up_blocks.{level}", level == levels - 1, x
        for block in range(config["num_res_blocks"] + 1):
            x = residual(p, f"{name}.resnets.{block}", x)
        if last:
            break
        if config.get("is_residual"):
            channels = x.shape[1]
            time = 2 if config["temperal_downsample"][-1 - level] else 1
            x = up(p, f"{name}.upsampler", x) + up_shortcut(before, channels, time, 2)
        else:
            x = up(p, f"{name}.upsamplers.0", x)
    size = config.get("patch_size") or 1
    x = head(p, "decoder", x).unflatten(1, (-1, size, size))  # [B, C, px, py, F, H, W]
    return x.permute(0, 1, 4, 5, 3, 6, 2).flatten(3, 4).flatten(4, 5)
