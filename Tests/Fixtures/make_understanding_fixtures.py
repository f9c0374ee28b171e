"""Writes videomae*.h5 and vjepa2*.h5 beside this file: what transformers makes of tiny random VideoMAE and V-JEPA 2 models.

    pip install torch==2.13.0 diffusers==0.42.1 transformers==5.23.0 h5py
    python make_understanding_fixtures.py

As in make_fixtures.py all numbers are random and PyTorch computes in float64, with attention by `sdpa` (transformers'
own attention for V-JEPA 2 drops to float32 in its softmax). Names of parameters are those of the files that
`save_pretrained` writes, which for VideoMAE are not those in memory; `names_on_disk` compares them with such a file.
Clips are `pixel_values` [B, F, C, H, W], normalised by ImageNet's mean and standard deviation, as the library takes them.
Masks of VideoMAE are [B, N], 1 where a token is hidden; those of V-JEPA 2 are the indices of tokens. Gradients are those
of the loss where the outputs have one, and otherwise come from random gradients of the outputs.

`vjepa2_training.h5` is the path that training takes, which transformers does not have in one piece: per kind of mask the
encoder sees the context tokens alone, the predictor answers at the targets with the mask token of that kind, and

    loss = mean over kinds of mean |prediction − LN(encoder of the full clip) at the targets|

where LN has no weights and the right side, by the same encoder, carries no gradient.
"""

import functools
import os
import tempfile

import torch
from safetensors.torch import load_file
from transformers import (
    VideoMAEConfig, VideoMAEForPreTraining, VideoMAEForVideoClassification, VJEPA2Config, VJEPA2ForVideoClassification,
    VJEPA2Model)
from transformers.models.vjepa2.modeling_vjepa2 import apply_masks
from transformers.utils.constants import IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD

from make_fixtures import in_double, random, randomise, write


def pixels(generator, clips, frames, height, width):
    """Random clips [B, F, C, H, W] of pixels from 0 to 1, normalised; they need a gradient."""
    raw = torch.rand(clips, frames, 3, height, width, generator=generator, dtype=torch.float64)
    mean, std = (torch.tensor(x, dtype=torch.float64)[:, None, None] for x in (IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD))
    return ((raw - mean) / std).to(torch.float32).double().requires_grad_()


def prepared(model_type, config, generator):
    model = model_type._from_config(config, attn_implementation="sdpa").double().eval()
    randomise(model, generator)
    return model


def names_on_disk(model, unused=()):
    """Pairs of name on disk and parameter, without those that begin with a word of `unused`."""
    renamed = [
        (name.replace("query.bias", "q_bias").replace("value.bias", "v_bias") if "videomae" in name or "decoder" in name
         else name, parameter) for name, parameter in model.named_parameters()]
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        saved = load_file(os.path.join(folder, "model.safetensors"))
    assert set(saved) == {name for name, _ in renamed}, set(saved) ^ {name for name, _ in renamed}
    assert all(torch.equal(saved[name], parameter) for name, parameter in renamed)
    return [(name, parameter) for name, parameter in renamed if not name.startswith(tuple(unused))]


def flat(sizes):
    """Sizes as numbers that an attribute can hold: a pair of height and width as two of them, a truth as 0 or 1."""
    result = {}
    for name, value in sizes.items():
        if isinstance(value, tuple):
            result |= {f"{name}_height": value[0], f"{name}_width": value[1]}
        else:
            result[name] = int(value) if isinstance(value, bool) else value
    return result


def hidden_tokens(generator, clips, steps, places, hidden, tube):
    """A mask [B, steps · places]: `hidden` places of each time step, the same ones for all steps of a tube."""
    rows = []
    for _ in range(clips):
        patterns = []
        for step in range(1 if tube else steps):
            order = torch.randperm(places, generator=generator)
            patterns.append((torch.arange(places)[:, None] == order[None, :hidden]).any(dim=1))
        rows.append(torch.cat(patterns * (steps if tube else 1)))
    return torch.stack(rows)


def videomae(file, tube, hidden, **sizes):
    generator = torch.Generator().manual_seed(10)
    height, width = sizes["image_size"]
    grid = height // sizes["patch_size"], width // sizes["patch_size"]
    with in_double():
        model = prepared(VideoMAEForPreTraining, VideoMAEConfig(**sizes), generator)
        clips = pixels(generator, 2, sizes["num_frames"], height, width)
        steps = sizes["num_frames"] // sizes["tubelet_size"]
        mask = hidden_tokens(generator, 2, steps, grid[0] * grid[1], hidden, tube)
        assert not torch.equal(mask[0], mask[1])
        output = model(clips, bool_masked_pos=mask)
        assert output.loss.dtype == output.logits.dtype == torch.float64
        output.loss.backward()
        model.config.norm_pix_loss = False
        plain = model(clips, bool_masked_pos=mask).loss
    write(
        file, flat(sizes), model, dict(pixel_values=clips, bool_masked_pos=mask.long()),
        dict(logits=output.logits, loss=output.loss[None], loss_of_plain_pixels=plain[None]),
        dict(pixel_values=clips.grad), names_on_disk(model))


def videomae_classifier(file):
    generator = torch.Generator().manual_seed(11)
    sizes = dict(
        image_size=(8, 12), patch_size=4, num_frames=4, tubelet_size=2, hidden_size=24, num_hidden_layers=2,
        num_attention_heads=3, intermediate_size=40, use_mean_pooling=True, num_labels=5)
    with in_double():
        model = prepared(VideoMAEForVideoClassification, VideoMAEConfig(**sizes), generator)
        clips = pixels(generator, 3, 4, 8, 12)
        output = model(clips).logits
        assert output.dtype == torch.float64
        gradient = random(generator, *output.shape)
        output.backward(gradient)
    write(
        file, flat(sizes), model, dict(pixel_values=clips), dict(logits=output, gradient=gradient),
        dict(pixel_values=clips.grad), names_on_disk(model))


def places(generator, clips, tokens, context, target, sort=True):
    """Indices of context tokens [B, context] and of targets [B, target], which do not meet."""
    orders = [torch.randperm(tokens, generator=generator) for _ in range(clips)]
    parts = [order[:context] for order in orders], [order[context:context + target] for order in orders]
    return tuple(torch.stack([part.sort().values if sort else part for part in parts_]) for parts_ in parts)


def vjepa2_sizes(odd=False, **more):
    if odd:
        # Heads of 10 and 16: their rotary parts are 3 × 2 with 4 numbers left alone, and 3 × 4 with 4 left.
        sizes = dict(
            patch_size=4, crop_size=12, frames_per_clip=6, hidden_size=30, num_attention_heads=3, num_hidden_layers=2,
            mlp_ratio=1.5, pred_hidden_size=32, pred_num_attention_heads=2, pred_num_hidden_layers=1,
            pred_num_mask_tokens=3, pred_mlp_ratio=1.25)
    else:
        # Heads of 20 and 12: 3 × 6 with 2 left, and 3 × 4 with none left.
        sizes = dict(
            patch_size=4, crop_size=16, frames_per_clip=4, hidden_size=40, num_attention_heads=2, num_hidden_layers=2,
            mlp_ratio=0.6, pred_hidden_size=24, pred_num_attention_heads=2, pred_num_hidden_layers=2,
            pred_num_mask_tokens=2, pred_mlp_ratio=1.5)
    return sizes | dict(tubelet_size=2, pred_zero_init_mask_tokens=False) | more


def tokens_of(sizes):
    return sizes["frames_per_clip"] // sizes["tubelet_size"] * (sizes["crop_size"] // sizes["patch_size"]) ** 2


def vjepa2(file, odd):
    generator = torch.Generator().manual_seed(12)
    sizes = vjepa2_sizes(odd)
    with in_double():
        model = prepared(VJEPA2Model, VJEPA2Config(**sizes), generator)
        clips = pixels(generator, 2, sizes["frames_per_clip"], sizes["crop_size"], sizes["crop_size"])
        context, target = places(generator, 2, tokens_of(sizes), 11, 9, sort=not odd)
        output = model(clips, context_mask=[context], target_mask=[target])
        hidden, predicted = output.last_hidden_state, output.predictor_output.last_hidden_state
        assert hidden.dtype == predicted.dtype == torch.float64
        gradients = random(generator, *hidden.shape), random(generator, *predicted.shape)
        torch.autograd.backward([hidden, predicted], gradients)
    write(
        file, flat(sizes), model, dict(pixel_values=clips, context=context, target=target),
        dict(hidden=hidden, hidden_gradient=gradients[0], predicted=predicted, predicted_gradient=gradients[1]),
        dict(pixel_values=clips.grad), names_on_disk(model))


def vjepa2_training(file):
    generator = torch.Generator().manual_seed(13)
    sizes = vjepa2_sizes(odd=True)
    with in_double():
        model = prepared(VJEPA2Model, VJEPA2Config(**sizes), generator)
        encoder, predictor = model.encoder, model.predictor
        clips = pixels(generator, 2, sizes["frames_per_clip"], sizes["crop_size"], sizes["crop_size"])
        kinds = [places(generator, 2, tokens_of(sizes), *counts) for counts in ((12, 7), (5, 20))]
        with torch.no_grad():
            full = encoder(pixel_values_videos=clips).last_hidden_state
            teacher = torch.nn.functional.layer_norm(full, full.shape[-1:])
        losses, inputs, outputs = [], dict(pixel_values=clips), {}
        for kind, (context, target) in enumerate(kinds):
            hidden = apply_masks(encoder.embeddings(clips), [context])
            for layer in encoder.layer:
                hidden = layer(hidden, context)[0]
            # The predictor picks its context out of all tokens, so they are put back where they stood.
            scattered = torch.zeros_like(full).scatter(
                1, context[..., None].expand(-1, -1, full.shape[-1]), encoder.layernorm(hidden))
            embeddings = type(predictor.embeddings).forward
            predictor.embeddings.forward = functools.partial(embeddings, predictor.embeddings, mask_index=kind)
            predicted = predictor(scattered, [context], [target]).last_hidden_state
            losses.append((predicted - apply_masks(teacher, [target])).abs().mean())
            inputs |= {f"context_{kind}": context, f"target_{kind}": target}
            outputs |= {f"predicted_{kind}": predicted, f"loss_{kind}": losses[-1][None]}
        loss = sum(losses) / len(losses)
        assert loss.dtype == torch.float64
        loss.backward()
    write(
        file, flat(sizes), model, inputs, outputs | dict(loss=loss[None], teacher=teacher),
        dict(pixel_values=clips.grad), names_on_disk(model))


def vjepa2_classifier(file):
    generator = torch.Generator().manual_seed(14)
    # The feed-forward layers of the pooler have 4 · hidden_size whatever mlp_ratio says.
    sizes = vjepa2_sizes(
        odd=True, hidden_size=20, num_attention_heads=2, frames_per_clip=4, num_pooler_layers=2, num_labels=5)
    with in_double():
        model = prepared(VJEPA2ForVideoClassification, VJEPA2Config(**sizes), generator)
        clips = pixels(generator, 3, sizes["frames_per_clip"], sizes["crop_size"], sizes["crop_size"])
        output = model(clips).logits
        assert output.dtype == torch.float64
        gradient = random(generator, *output.shape)
        output.backward(gradient)
    write(
        file, flat(sizes), model, dict(pixel_values=clips), dict(logits=output, gradient=gradient),
        dict(pixel_values=clips.grad), names_on_disk(model, unused=["vjepa2.predictor."]))


if __name__ == "__main__":
    torch.set_num_threads(1)
    videomae(
        "videomae.h5", tube=True, hidden=11, image_size=(12, 20), patch_size=4, num_frames=4, tubelet_size=2,
        hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, use_mean_pooling=False,
        decoder_hidden_size=16, decoder_num_attention_heads=2, decoder_num_hidden_layers=1,
        decoder_intermediate_size=20)
    videomae(
        "videomae_odd.h5", tube=False, hidden=6, image_size=(6, 8), patch_size=2, num_frames=9, tubelet_size=3,
        hidden_size=20, num_hidden_layers=1, num_attention_heads=4, intermediate_size=33, use_mean_pooling=True,
        decoder_hidden_size=21, decoder_num_attention_heads=3, decoder_num_hidden_layers=2,
        decoder_intermediate_size=30)
    videomae_classifier("videomae_classifier.h5")
    vjepa2("vjepa2.h5", odd=False)
    vjepa2("vjepa2_odd.h5", odd=True)
    vjepa2_training("vjepa2_training.h5")
    vjepa2_classifier("vjepa2_classifier.h5")
