"""What bench/observe.sh compares with: makes the file, measures commands, computes some observables with NumPy."""
import csv
import json
import mmap
import os
import resource
import struct
import subprocess
import sys
import time


def shapes(layers, d=768, words=50257, positions=1024):
    yield "wte.weight", (words, d), 0.05
    yield "wpe.weight", (positions, d), 0.02
    for n in range(layers):
        p = f"h.{n}."
        for name, shape, scale in (
            ("ln_1.weight", (d,), None), ("ln_1.bias", (d,), 0.1), ("ln_2.weight", (d,), None), ("ln_2.bias", (d,), 0.1),
            ("attn.c_attn.weight", (d, 3 * d), 0.05), ("attn.c_attn.bias", (3 * d,), 0.1),
            ("attn.c_proj.weight", (d, d), 0.05), ("attn.c_proj.bias", (d,), 0.1),
            ("mlp.c_fc.weight", (d, 4 * d), 0.05), ("mlp.c_fc.bias", (4 * d,), 0.1),
            ("mlp.c_proj.weight", (4 * d, d), 0.05), ("mlp.c_proj.bias", (d,), 0.1),
        ):
            yield p + name, shape, scale
    yield "ln_f.weight", (d,), None
    yield "ln_f.bias", (d,), 0.1


def make(layers, path):
    import numpy as np
    rng = np.random.default_rng(1)
    header, at = {}, 0
    for name, shape, _ in shapes(layers):
        size = 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for _, shape, scale in shapes(layers):
            x = rng.standard_normal(shape, dtype=np.float32)
            out.write((1 + x / 10 if scale is None else x * np.float32(scale)).astype("<f4").tobytes())


def run(name, command):
    start = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        code = subprocess.call(command, stdout=nowhere)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{name:40} {time.perf_counter() - start:9.2f} {used.ru_utime + used.ru_stime:9.2f} {used.ru_maxrss / 1000:9.0f}")
    return code


def load(path):
    import numpy as np
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    length, = struct.unpack_from("<Q", data)
    tensors = {}
    for name, about in json.loads(data[8:8 + length]).items():
        start, end = about["data_offsets"]
        tensors[name] = np.frombuffer(data, "<f4", (end - start) // 4, 8 + length + start).reshape(about["shape"])
    return tensors


def rank(s):
    import numpy as np
    p = s ** 2 / (s ** 2).sum(-1, keepdims=True)
    return np.exp(-(p * np.log(np.where(p > 0, p, 1))).sum(-1))


def spectrum(left, right):
    """Singular values of the product of thin factors, by two QRs."""
    import numpy as np
    return np.linalg.svd(np.linalg.qr(left, "r") @ np.linalg.qr(right.T, "r").T, compute_uv=False)


def fold(t, norm, weight, bias):
    """A reader behind a layer normalization, and its bias."""
    w = t[weight].astype(float)
    b = t[bias].astype(float) + t[norm + ".bias"].astype(float) @ w
    w = t[norm + ".weight"].astype(float)[:, None] * w
    return w - w.mean(0), b


def observe(path, out, heads=12):
    """What caustic observe computes that takes the time: heads, units and words, without bounds."""
    import numpy as np
    t = load(path)
    words = t["wte.weight"].astype(float)
    mean = words.mean(0)
    centred = np.linalg.qr(words - mean, "r")
    words = np.linalg.qr(np.vstack((centred, mean + t["wpe.weight"])), "r")
    logits = centred * t["ln_f.weight"].astype(float)
    logits -= logits.mean(1, keepdims=True)
    with open(out, "w") as file:
        def put(layer, name, value):
            file.write(f"{layer},{name},{value:.15g}\n")

        put("network", "words-effective-rank", rank(np.linalg.svd(words, compute_uv=False)))
        for n in range(sum(name.endswith("c_attn.weight") for name in t)):
            p = f"h.{n}."
            w, b = fold(t, p + "ln_1", p + "attn.c_attn.weight", p + "attn.c_attn.bias")
            q, k, v = (np.split(m, heads, 1) for m in np.split(w, 3, 1))
            bias = np.split(np.split(b, 3)[0], heads)
            o = t[p + "attn.c_proj.weight"].astype(float)
            o = np.split(o - o.mean(1, keepdims=True), heads, 0)
            for name, left, right in (("qk", [np.vstack((x, y)) for x, y in zip(q, bias)], [x.T for x in k]),
                                      ("vo", v, o)):
                s = [spectrum(a, b) for a, b in zip(left, right)]
                put(f"blocks.{n}", f"{name}-norm", np.sqrt(sum(2 * x.sum() for x in s)))
                put(f"blocks.{n}", f"{name}-weights-effective-rank", np.mean([rank(x) for x in s]))
            s = [spectrum(words @ a, b @ logits.T) for a, b in zip(v, o)]
            put(f"blocks.{n}", "ov-nuclear-norm", sum(x.sum() for x in s))
            w, b = fold(t, p + "ln_2", p + "mlp.c_fc.weight", p + "mlp.c_fc.bias")
            into = np.linalg.norm(np.vstack((words @ w, b)), axis=0)
            o = t[p + "mlp.c_proj.weight"].astype(float)
            o = (o - o.mean(1, keepdims=True)) @ logits.T
            units = into * np.linalg.norm(o, axis=1)
            put(f"blocks.{n}", "effective-units", rank(units))
            s = np.linalg.svd(np.linalg.qr(into[:, None] * o, "r"), compute_uv=False)
            put(f"blocks.{n}", "units-to-logits-nuclear-norm", s.sum())


def compare(one, other):
    ours = {(r["layer"], r["observable"]): float(r["value"]) for r in csv.DictReader(open(one)) if r["value"]}
    worst = {}
    for layer, name, value in csv.reader(open(other)):
        if (layer, name) in ours:
            worst[name] = max(worst.get(name, 0), abs(ours[layer, name] / float(value) - 1))
    print(f"{len(ours)} numbers of ours; largest relative differences: "
          + ", ".join(f"{name} {x:.1e}" for name, x in worst.items()))


if __name__ == "__main__":
    verb, rest = sys.argv[1], sys.argv[2:]
    if verb == "make":
        make(int(rest[0]), rest[1])
    elif verb == "run":
        sys.exit(run(rest[0], rest[1:]))
    elif verb == "observe":
        observe(*rest)
    else:
        compare(*rest)
