"""Writes probe.json beside this file: multinomial logistic regression with an L2 penalty, solved by Newton's method.

    pip install numpy==2.4.6
    python make_probe_fixture.py

The loss is the mean over rows of -log softmax(W x + b)[class] + penalty / 2 * |W|^2, without a penalty on b. Only
differences between the entries of b are determined, so b is given with mean 0. All in float64.
"""

import json
import os

import numpy as np

rng = np.random.default_rng(7)
rows, width, classes = 40, 3, 4
truth = rng.integers(0, classes, rows)
centres = rng.normal(size=(classes, width))
x = np.round(centres[truth] + rng.normal(size=(rows, width)), 3)


def solve(penalty):
    parameters = np.zeros(classes * (width + 1))
    z = np.hstack([x, np.ones((rows, 1))])
    mask = np.tile(np.append(np.ones(width), 0), classes)
    for _ in range(100):
        w = parameters.reshape(classes, width + 1)
        logits = z @ w.T
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        gradient = ((p - np.eye(classes)[truth]).T @ z / rows).ravel() + penalty * mask * parameters
        hessian = np.zeros((parameters.size,) * 2)
        for i in range(rows):
            hessian += np.kron(np.diag(p[i]) - np.outer(p[i], p[i]), np.outer(z[i], z[i])) / rows
        hessian += penalty * np.diag(mask)
        parameters = parameters - np.linalg.pinv(hessian) @ gradient
    assert np.abs(gradient).max() < 1e-12
    w = parameters.reshape(classes, width + 1)
    loss = -np.log(p[np.arange(rows), truth]).mean() + penalty / 2 * (w[:, :width] ** 2).sum()
    return {
        "penalty": penalty, "weights": w[:, :width].tolist(), "bias": (w[:, width] - w[:, width].mean()).tolist(),
        "loss": loss, "probabilities": p[:3].tolist()}


path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "probe.json")
with open(path, "w") as file:
    json.dump({"x": x.tolist(), "truth": truth.tolist(), "fits": [solve(p) for p in [1.0, 0.1, 0.001]]}, file, indent=1)
    file.write("\n")
