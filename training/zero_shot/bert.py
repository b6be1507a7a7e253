"""MiniLM as a cross-encoder: two texts in, one score out; and reading its weights from safetensors.

The matrix products run in bfloat16 when `fast` is set (several times faster on processors that have them), all else and
the weights themselves are float32.
"""

import json
import math
import struct

import numpy
import torch
import torch.nn.functional as F

LAYERS, HEADS, HIDDEN, FFN, EPSILON = 6, 12, 384, 1536, 1e-12
LINEAR = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
          "o": "attention.output.dense", "up": "intermediate.dense", "down": "output.dense"}
NORM = {"n1": "attention.output.LayerNorm", "n2": "output.LayerNorm"}


def read_safetensors(path):
    with open(path, "rb") as f:
        n, = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(n))
        data = f.read()
    types = {"F16": numpy.float16, "F32": numpy.float32}
    tensors = {}
    for name, t in header.items():
        if name == "__metadata__" or t["dtype"] not in types:
            continue
        begin, end = t["data_offsets"]
        array = numpy.frombuffer(data[begin:end], types[t["dtype"]]).reshape(t["shape"])
        tensors[name.removeprefix("bert.")] = torch.from_numpy(array.astype(numpy.float32))
    return tensors


class CrossEncoder(torch.nn.Module):
    def __init__(self, start=None, fast=False, dropout=0.1):
        super().__init__()
        self.fast, self.dropout = fast, dropout
        self.weights = torch.nn.ParameterDict()
        if start is not None:
            self._take(start)
            self._put("head.w", torch.randn(1, HIDDEN) * 0.02)
            self._put("head.b", torch.zeros(1))

    def _put(self, name, tensor):
        self.weights[name.replace(".", "_")] = torch.nn.Parameter(tensor.clone())

    def _take(self, start):
        for table in ("word", "position", "token_type"):
            self._put(table, start[f"embeddings.{table}_embeddings.weight"])
        self._put("n0.w", start["embeddings.LayerNorm.weight"])
        self._put("n0.b", start["embeddings.LayerNorm.bias"])
        for i in range(LAYERS):
            for short, long in (LINEAR | NORM).items():
                self._put(f"{i}.{short}.w", start[f"encoder.layer.{i}.{long}.weight"])
                self._put(f"{i}.{short}.b", start[f"encoder.layer.{i}.{long}.bias"])

    def get(self, name):
        return self.weights[name.replace(".", "_")]

    def _linear(self, x, name):
        w, b = self.get(f"{name}.w"), self.get(f"{name}.b")
        if self.fast:
            return F.linear(x.bfloat16(), w.bfloat16(), b.bfloat16())
        return F.linear(x, w, b)

    def _norm(self, x, name):
        return F.layer_norm(x, (HIDDEN,), self.get(f"{name}.w"), self.get(f"{name}.b"), EPSILON)

    def _layer(self, x, bias, i, first_only):
        """first_only: the last layer is computed for [CLS] alone, which is all that the head reads."""
        n, length, _ = x.shape
        y = x[:, :1] if first_only else x

        def split(t):
            return t.view(n, -1, HEADS, HIDDEN // HEADS).transpose(1, 2)

        q, k, v = split(self._linear(y, f"{i}.q")), split(self._linear(x, f"{i}.k")), split(self._linear(x, f"{i}.v"))
        attention = torch.softmax((q @ k.transpose(2, 3)).float() * (1 / math.sqrt(HIDDEN // HEADS)) + bias, -1)
        mixed = (attention.to(v.dtype) @ v).transpose(1, 2).reshape(n, -1, HIDDEN)
        y = self._norm(y + self._linear(mixed, f"{i}.o"), f"{i}.n1")
        return self._norm(y + self._linear(F.gelu(self._linear(y, f"{i}.up")), f"{i}.down"), f"{i}.n2")

    def hidden(self, ids, mask, types, layers=LAYERS, first_only=True):
        length = ids.shape[1]
        x = self.get("word")[ids] + self.get("position")[:length] + self.get("token_type")[types]
        x = self._norm(x, "n0")
        bias = (1.0 - mask[:, None, None, :].float()) * -1e4
        for i in range(layers):
            x = self._layer(x, bias, i, first_only and i == LAYERS - 1)
        return x

    def forward(self, ids, mask, types):
        """One score per pair: the logit of "the second text fits the first"."""
        cls = self.hidden(ids, mask, types)[:, 0]
        return F.linear(F.dropout(cls, self.dropout, self.training), self.get("head.w"), self.get("head.b"))[:, 0]
