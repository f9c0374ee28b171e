"""Writes precision.json: how far PyTorch under bfloat16 autocast is from double precision, for the models of wan.h5 and t5.h5.

    python3 Tests/Fixtures/make_precision_fixture.py

Both files, which make_fixtures.py wrote, hold parameters, inputs, outputs and gradients in double precision. Errors are
‖autocast − double‖ / ‖double‖: of the output, of the gradient of the text, and of all parameters' gradients together.
"""

import json
import pathlib

import h5py
import numpy
import torch
from diffusers import WanTransformer3DModel
from transformers import T5Config, T5EncoderModel

HERE = pathlib.Path(__file__).parent


def load(file, model):
    """Gives the model the file's parameters, as float32, and returns a reader of the file's other tensors."""
    source = h5py.File(HERE / file, "r")
    for name, parameter in model.named_parameters():
        parameter.data = torch.from_numpy(numpy.array(source[f"parameters/{name}"], dtype=numpy.float32))
    return lambda path: torch.from_numpy(numpy.array(source[path]))


def error(pairs):
    pairs = [(ours.detach().double(), theirs.double()) for ours, theirs in pairs]
    wrong = sum(((a - b) ** 2).sum() for a, b in pairs)
    return float((wrong / sum((b**2).sum() for _, b in pairs)).sqrt())


def gradients(model, tensor):
    return error([(p.grad, tensor(f"gradients/{name}")) for name, p in model.named_parameters()])


def wan():
    model = WanTransformer3DModel(
        patch_size=(1, 2, 2), qk_norm="rms_norm_across_heads", cross_attn_norm=True, num_attention_heads=2,
        attention_head_dim=16, in_channels=3, out_channels=3, text_dim=16, freq_dim=32, ffn_dim=40, num_layers=2,
        eps=1e-6)
    tensor = load("wan.h5", model)
    text = tensor("inputs/text").float().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        output = model(
            tensor("inputs/hidden_states").float(), tensor("inputs/timestep").float(), text, return_dict=False)[0]
    output.float().backward(tensor("outputs/gradient").float())
    return {
        "output": error([(output, tensor("outputs/sample"))]),
        "text": error([(text.grad, tensor("gradients/inputs/text"))]), "gradients": gradients(model, tensor)}


def t5():
    model = T5EncoderModel(T5Config(
        feed_forward_proj="gated-gelu", dropout_rate=0.0, vocab_size=384, d_model=24, d_kv=8, num_heads=2, d_ff=40,
        num_layers=2, relative_attention_num_buckets=8, relative_attention_max_distance=7, layer_norm_epsilon=1e-6))
    tensor = load("t5.h5", model)
    with torch.autocast("cpu", torch.bfloat16):
        output = model(input_ids=tensor("inputs/ids"), attention_mask=tensor("inputs/mask")).last_hidden_state
    output.float().backward(tensor("outputs/gradient").float())
    return {"output": error([(output, tensor("outputs/hidden"))]), "gradients": gradients(model, tensor)}


if __name__ == "__main__":
    torch.manual_seed(0)
    results = {"torch": torch.__version__, "wan": wan(), "t5": t5()}
    (HERE / "precision.json").write_text(json.dumps(results, indent=1) + "\n")
    print(results)
