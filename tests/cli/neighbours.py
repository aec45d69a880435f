"""Runs of a linear network n-h-n from nearby starts, by gradient descent: neighbours.py FOLDER RUNS N H STEPS EVERY SPREAD"""
import json
import os
import random
import struct
import sys


def multiply(a, b):
    return [[sum(x * y for x, y in zip(row, col)) for col in zip(*b)] for row in a]


def transpose(a):
    return [list(row) for row in zip(*a)]


def save(path, step, w1, w2):
    header, data = {"__metadata__": {"step": str(step)}}, b""
    for name, w in (("fc1.weight", w1), ("fc2.weight", w2)):
        raw = struct.pack(f"<{len(w) * len(w[0])}d", *(x for row in w for x in row))
        header[name] = {"dtype": "F64", "shape": [len(w), len(w[0])], "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


def main(folder, runs, n, h, steps, every, spread, rate=0.02):
    teacher = [[(4.0 / (i + 1) ** 1.5 if i == j else 0.0) for j in range(n)] for i in range(n)]
    chance = random.Random(1)
    start = [[[chance.gauss(0, 0.05) for _ in range(c)] for _ in range(r)] for r, c in ((h, n), (n, h))]
    for run in range(runs):
        chance = random.Random(100 + run)
        w1, w2 = ([[x + chance.gauss(0, spread) for x in row] for row in w] for w in start)
        name = os.path.join(folder, f"run{run}")
        os.makedirs(name, exist_ok=True)
        with open(os.path.join(name, "run.json"), "w") as out:
            out.write('{"activation": "identity"}\n')
        for step in range(steps + 1):
            if step % every == 0:
                save(os.path.join(name, f"step{step:07d}.safetensors"), step, w1, w2)
            error = [[x - y for x, y in zip(p, q)] for p, q in zip(multiply(w2, w1), teacher)]
            g1, g2 = multiply(transpose(w2), error), multiply(error, transpose(w1))
            w1 = [[x - rate * g for x, g in zip(p, q)] for p, q in zip(w1, g1)]
            w2 = [[x - rate * g for x, g in zip(p, q)] for p, q in zip(w2, g2)]


if __name__ == "__main__":
    main(sys.argv[1], *(int(x) for x in sys.argv[2:7]), float(sys.argv[7]))
