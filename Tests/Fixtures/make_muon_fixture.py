"""Writes muon.json: what Muon and cautious updates make of some matrices, by NumPy in double precision.

    python3 Tests/Fixtures/make_muon_fixture.py

Each case has a matrix, gradients of three updates, and what the matrix, its momentum and the last orthogonal direction are
then: Nesterov momentum 0.95, five Newton-Schulz steps, weight decay 0.1, learning rates 0.02, 0.01 and 0.005. Where it has a
block, the direction is taken of so many rows (or columns, where there are more) at a time. "cautious" and "cautiousAdamW"
are the matrix after the same updates by Muon (whole matrices) and AdamW (betas 0.9 and 0.95, epsilon 1e-6, a tenth of the
rates) where only numbers move that agree with the gradient.
"""

import json
import pathlib

import numpy

A, B, C = 3.4445, -4.7750, 2.0315
MOMENTUM, DECAY, RATES = 0.95, 0.1, (0.02, 0.01, 0.005)


def orthogonal(matrix):
    x = matrix / (numpy.linalg.norm(matrix) + 1e-7)
    if x.shape[0] > x.shape[1]:
        return orthogonal(matrix.T).T
    for _ in range(5):
        gram = x @ x.T
        x = A * x + (B * gram + C * gram @ gram) @ x
    return x


def direction_of(matrix, block):
    """What Muon moves a matrix along, scaled by the shape of what was made orthogonal."""
    axis = 1 if matrix.shape[1] > matrix.shape[0] else 0
    block = min(block or max(matrix.shape), max(matrix.shape))
    parts = numpy.split(matrix, range(block, matrix.shape[axis], block), axis)
    # All blocks together make as large a step as the whole matrix, whose scale is the root of max(1, rows / columns).
    whole = min(matrix.shape) * max(1, matrix.shape[0] / matrix.shape[1])
    scale = whole / sum(min(block, min(matrix.shape)) for _ in range(matrix.shape[axis])) * block
    return scale**0.5 * numpy.concatenate([orthogonal(part) for part in parts], axis)


def case(random, rows, columns, block=0):
    def draw():
        return random.standard_normal((rows, columns)).astype(numpy.float32).astype(float)

    matrix, mean = draw(), numpy.zeros((rows, columns))
    result = {"rows": rows, "columns": columns, "block": block, "start": matrix.ravel().tolist(), "gradients": []}
    for rate in RATES:
        gradient = draw()
        mean = MOMENTUM * mean + (1 - MOMENTUM) * gradient
        direction = direction_of((1 - MOMENTUM) * gradient + MOMENTUM * mean, block)
        matrix = matrix * (1 - rate * DECAY) - rate * direction
        result["gradients"].append(gradient.ravel().tolist())
    result |= {
        name: [round(number, 9) for number in value.ravel().tolist()]
        for name, value in [("matrix", matrix), ("momentum", mean), ("direction", direction)]
    }
    return result


def masked(step, gradient):
    mask = numpy.sign(step) * numpy.sign(gradient) > 0
    return step * mask / max(mask.sum() / max(1, (gradient != 0).sum()), 1e-3)


def cautious(case, rows, columns):
    """What cautious updates make of a case's start by its gradients."""
    gradients = [numpy.reshape(g, (rows, columns)) for g in case["gradients"]]
    muon, mean = numpy.reshape(case["start"], (rows, columns)), 0
    adam, first, second = muon, 0, 0
    for n, (rate, gradient) in enumerate(zip(RATES, gradients), 1):
        mean = MOMENTUM * mean + (1 - MOMENTUM) * gradient
        direction = orthogonal((1 - MOMENTUM) * gradient + MOMENTUM * mean)
        step = max(1, rows / columns) ** 0.5 * masked(direction, gradient)
        muon = muon * (1 - rate * DECAY) - rate * step
        first, second = 0.9 * first + 0.1 * gradient, 0.95 * second + 0.05 * gradient**2
        step = first / (1 - 0.9**n) / ((second / (1 - 0.95**n)) ** 0.5 + 1e-6)
        adam = adam * (1 - rate / 10 * DECAY) - rate / 10 * masked(step, gradient)
    return {"cautious": muon.ravel().tolist(), "cautiousAdamW": adam.ravel().tolist()}


random = numpy.random.default_rng(7)
sizes = [(4, 4), (3, 10), (9, 4), (2, 17), (8, 8, 4), (11, 5, 4), (5, 40, 16)]
path = pathlib.Path(__file__).with_name("muon.json")
cases = [case(random, *size) for size in sizes]
cases = [made | cautious(made, *size[:2]) for made, size in zip(cases, sizes)]
path.write_text(json.dumps(cases) + "\n")
