"""Writes the fixtures beside this file: what PyTorch makes of tiny random models, forward and backward.

    pip install torch==2.13.0 diffusers==0.42.1 transformers==5.23.0 h5py
    python make_fixtures.py

Parameters and inputs are random float32 numbers; nothing keeps its initial zeros or ones. The reference then runs in
float64 throughout (both libraries drop to float32 in their norms and time embeddings, which `in_double` undoes), and
outputs and gradients are rounded to float32 once, when they are stored. (The same models in plain float32 come within
7e-6 of it, relative to the norm of each output and gradient.) Each .h5 file holds

    parameters/NAME   every parameter, under the library's own name
    inputs/...        what the model was given
    outputs/...       what it answered, and the random gradient that was sent back from there
    gradients/NAME    of every parameter, and of the inputs that have one under gradients/inputs/...

and the sizes of the model as attributes. Axes are as the library has them: clips are [B, C, F, H, W].
"""

import contextlib
import json
import math
import os

import h5py
import numpy as np
import torch
from diffusers import WanTransformer3DModel
from transformers import ByT5Tokenizer, T5Config, T5EncoderModel, UMT5Config, UMT5EncoderModel

HERE = os.path.dirname(os.path.abspath(__file__))
# Parts of the names of parameters that no input is multiplied by.
TABLES = ("shared", "relative_attention_bias", "mask_token", "query_tokens")


@contextlib.contextmanager
def in_double():
    """Makes `x.float()` and `x.to(torch.float32)` leave a float64 tensor as it is."""
    to_float, to = torch.Tensor.float, torch.Tensor.to

    def keep_float(x, *arguments, **options):
        return x if x.dtype == torch.float64 else to_float(x, *arguments, **options)

    def keep_to(x, *arguments, **options):
        if x.dtype == torch.float64 and (torch.float32 in arguments or options.get("dtype") == torch.float32):
            return x
        return to(x, *arguments, **options)

    torch.Tensor.float, torch.Tensor.to = keep_float, keep_to
    try:
        yield
    finally:
        torch.Tensor.float, torch.Tensor.to = to_float, to


def random(generator, *shape):
    """Standard normal numbers that float32 holds exactly, as float64."""
    return torch.randn(*shape, generator=generator, dtype=torch.float32).double()


def randomise(model, generator):
    """Gives every parameter a value that matters: none is zero or one, and activations stay near one."""
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float32)
        if name.endswith("bias") or "scale_shift_table" in name:
            value = 0.3 * noise
        elif parameter.ndim == 1:  # the weight of a norm
            value = 1 + 0.3 * noise
        elif any(table in name for table in TABLES):
            value = noise
        else:
            value = noise / math.sqrt(parameter[0].numel())
        parameter.data = value.to(torch.float32).double()


class DoubleTimesteps(torch.nn.Module):
    """diffusers' `Timesteps(flip_sin_to_cos=True, downscale_freq_shift=0)` in float64: cosines, then sines."""

    def __init__(self, channels):
        super().__init__()
        self.half = channels // 2

    def forward(self, times):
        frequencies = torch.exp(-math.log(10000) * torch.arange(self.half, dtype=torch.float64) / self.half)
        angles = times.double()[:, None] * frequencies[None, :]
        return torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1)


def write(file, sizes, model, inputs, outputs, input_gradients, parameters=None):
    """`parameters` are pairs of name and parameter, where they are not all of the model under its own names."""
    with h5py.File(os.path.join(HERE, file), "w") as out:
        for name, value in sizes.items():
            out.attrs[name] = value

        def store(path, value):
            value = value.detach().numpy() if isinstance(value, torch.Tensor) else value
            assert value.dtype == np.int64 or np.isfinite(value).all(), path
            out[path] = value if value.dtype == np.int64 else value.astype(np.float32)

        for name, value in inputs.items():
            store(f"inputs/{name}", value)
        for name, value in outputs.items():
            store(f"outputs/{name}", value)
        for name, value in input_gradients.items():
            store(f"gradients/inputs/{name}", value)
        for name, parameter in parameters or model.named_parameters():
            assert parameter.grad is not None and parameter.grad.abs().max() > 0, name
            store(f"parameters/{name}", parameter)
            store(f"gradients/{name}", parameter.grad)


def wan(file, per_frame):
    generator = torch.Generator().manual_seed(7)
    sizes = dict(
        num_attention_heads=2, attention_head_dim=16, in_channels=3, out_channels=3, text_dim=16, freq_dim=32,
        ffn_dim=40, num_layers=2, eps=1e-6)
    with in_double():
        model = WanTransformer3DModel(
            patch_size=(1, 2, 2), qk_norm="rms_norm_across_heads", cross_attn_norm=True, **sizes).double().eval()
        reference = model.condition_embedder.timesteps_proj
        model.condition_embedder.timesteps_proj = DoubleTimesteps(sizes["freq_dim"])
        assert model.rope.freqs_cos.dtype == torch.float64
        randomise(model, generator)

        clips = random(generator, 2, 3, 4, 6, 8).requires_grad_()
        text = random(generator, 2, 5, 16).requires_grad_()
        if per_frame:
            frames = torch.tensor([[0.0, 250.5, 937.5, 999.0], [120.25, 640.0, 3.5, 500.75]], dtype=torch.float64)
            times = frames.repeat_interleave(3 * 4, dim=1)  # each latent frame has 3 × 4 tokens
            inputs = dict(hidden_states=clips, text=text, frame_times=frames, timestep=times)
        else:
            times = torch.tensor([937.5, 120.25], dtype=torch.float64)
            inputs = dict(hidden_states=clips, text=text, timestep=times)
        angles = model.condition_embedder.timesteps_proj(times.flatten())
        assert (angles - reference(times.flatten().to(torch.float32))).abs().max() < 1e-3

        output = model(clips, times, text, return_dict=False)[0]
        assert output.dtype == torch.float64
        gradient = random(generator, *output.shape)
        output.backward(gradient)
    write(
        file, sizes, model, inputs, dict(sample=output, gradient=gradient),
        dict(hidden_states=clips.grad, text=text.grad))


def text_encoder(file, config_type, model_type):
    generator = torch.Generator().manual_seed(8)
    sizes = dict(
        vocab_size=384, d_model=24, d_kv=8, num_heads=2, d_ff=40, num_layers=2,
        # Small enough that nine tokens reach the logarithmic buckets and the last one.
        relative_attention_num_buckets=8, relative_attention_max_distance=7, layer_norm_epsilon=1e-6)
    with in_double():
        config = config_type(feed_forward_proj="gated-gelu", dropout_rate=0.0, **sizes)
        model = model_type(config).double().eval()
        randomise(model, generator)
        ids = torch.randint(3, 384, (2, 9), generator=generator)
        mask = torch.ones(2, 9, dtype=torch.int64)
        mask[1, 6:] = 0
        ids[0, 8] = ids[1, 5] = 1  # the end of a text
        ids[1, 6:] = 0  # padding
        output = model(input_ids=ids, attention_mask=mask).last_hidden_state
        assert output.dtype == torch.float64
        gradient = random(generator, *output.shape) * mask[:, :, None]
        output.backward(gradient)
    write(file, sizes, model, dict(ids=ids, mask=mask), dict(hidden=output, gradient=gradient), {})


def byte_tokens(file):
    captions = [
        "", "a", "A red circle moves left.", "two squares, one big & one small", "  spaces  kept  ",
        "line\nbreak\tand tab", "Ein grüner Kreis dreht sich", "un café crème à l'été", "красный квадрат",
        "赤い円が左に動く", "🎬 a 🔴 ball", "e\u0301 is not \u00e9", "\u0000\u007f\u00a0", "x" * 40,
    ]
    tokenizer = ByT5Tokenizer()
    rows = [dict(text=text, ids=tokenizer(text).input_ids) for text in captions]
    with open(os.path.join(HERE, file), "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    wan("wan.h5", per_frame=False)
    wan("wan_frames.h5", per_frame=True)
    text_encoder("t5.h5", T5Config, T5EncoderModel)
    text_encoder("umt5.h5", UMT5Config, UMT5EncoderModel)
    byte_tokens("byt5.json")
