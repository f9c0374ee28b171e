"""Writes muon.json: what Muon makes of some matrices, by NumPy in double precision.

    python3 Tests/Fixtures/make_muon_fixture.py

Each case has a matrix, gradients of three updates, and what the matrix, its momentum and the last orthogonal direction are
then: Nesterov momentum 0.95, five Newton-Schulz steps, weight decay 0.1, learning rates 0.02, 0.01 and 0.005.
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


def case(random, rows, columns):
    def draw():
        return random.standard_normal((rows, columns)).astype(numpy.float32).astype(float)

    matrix, mean = draw(), numpy.zeros((rows, columns))
    result = {"rows": rows, "columns": columns, "start": matrix.ravel().tolist(), "gradients": []}
    for rate in RATES:
        gradient = draw()
        mean = MOMENTUM * mean + (1 - MOMENTUM) * gradient
        direction = orthogonal((1 - MOMENTUM) * gradient + MOMENTUM * mean)
        matrix = matrix * (1 - rate * DECAY) - rate * max(1, rows / columns) ** 0.5 * direction
        result["gradients"].append(gradient.ravel().tolist())
    result |= {
        name: [round(number, 9) for number in value.ravel().tolist()]
        for name, value in [("matrix", matrix), ("momentum", mean), ("direction", direction)]
    }
    return result


random = numpy.random.default_rng(7)
sizes = [(4, 4), (3, 10), (9, 4), (2, 17)]
path = pathlib.Path(__file__).with_name("muon.json")
path.write_text(json.dumps([case(random, *size) for size in sizes]) + "\n")
