"""Writes wan_lora.h5 beside this file: what PEFT makes of a tiny random Wan transformer with LoRA adapters.

    pip install torch==2.13.0 diffusers==0.42.1 transformers==5.23.0 peft==0.21.2 h5py
    python make_lora_fixtures.py

As in make_fixtures.py all numbers are random, B of the adapters included, and PyTorch computes in float64. PEFT freezes
all but the adapters. Names are those of an adapter's file: `to_q.lora_A.weight`, without PEFT's `.default`, and without
`.base_layer` for what an adapter was added to. Beside what make_fixtures.py writes the file holds

    merged/NAME       every weight that has an adapter, as PEFT merges it
"""

import os

import h5py
import torch
from diffusers import WanTransformer3DModel
from peft import LoraConfig, inject_adapter_in_model

from make_fixtures import HERE, DoubleTimesteps, in_double, random, randomise

TARGETS = r"(blocks\.\d+\.(attn1\.to_(q|k|v|out\.0)|ffn\.net\.(0\.proj|2)))|(blocks\.0\.attn2\.to_k)|(proj_out)"


def plain(name):
    return name.replace(".base_layer", "").replace(".default", "")


def wan_lora(file):
    generator = torch.Generator().manual_seed(9)
    sizes = dict(
        num_attention_heads=2, attention_head_dim=16, in_channels=3, out_channels=3, text_dim=16, freq_dim=32,
        ffn_dim=40, num_layers=2, eps=1e-6)
    lora = dict(r=3, lora_alpha=5)
    with in_double():
        model = WanTransformer3DModel(
            patch_size=(1, 2, 2), qk_norm="rms_norm_across_heads", cross_attn_norm=True, **sizes)
        config = LoraConfig(target_modules=TARGETS, lora_dropout=0.0, **lora)
        model = inject_adapter_in_model(config, model).double().eval()
        model.condition_embedder.timesteps_proj = DoubleTimesteps(sizes["freq_dim"])
        randomise(model, generator)
        trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
        assert trained and all("lora_" in name for name in trained)

        clips = random(generator, 2, 3, 4, 6, 8)
        text = random(generator, 2, 5, 16).requires_grad_()
        times = torch.tensor([937.5, 120.25], dtype=torch.float64)
        output = model(clips, times, text, return_dict=False)[0]
        assert output.dtype == torch.float64
        gradient = random(generator, *output.shape)
        output.backward(gradient)

    with h5py.File(os.path.join(HERE, file), "w") as out:
        for name, value in (sizes | lora).items():
            out.attrs[name] = value

        def store(path, value):
            value = value.detach()
            assert torch.isfinite(value).all() and value.abs().max() > 0, path
            out[path] = value.float().numpy()

        for name, value in dict(hidden_states=clips, text=text, timestep=times).items():
            store(f"inputs/{name}", value)
        for name, value in dict(sample=output, gradient=gradient).items():
            store(f"outputs/{name}", value)
        store("gradients/inputs/text", text.grad)
        for name, parameter in model.named_parameters():
            store(f"parameters/{plain(name)}", parameter)
            if name in trained:
                store(f"gradients/{plain(name)}", parameter.grad)
        for name, module in model.named_modules():
            if hasattr(module, "base_layer"):
                module.merge()
                store(f"merged/{name}.weight", module.base_layer.weight)


if __name__ == "__main__":
    torch.set_num_threads(1)
    wan_lora("wan_lora.h5")
