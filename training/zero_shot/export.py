"""Writes a CrossEncoder as an ONNX file with int8 weights, and the files that belong to it.

The graph is BERT's, with `logits` of two columns (not_entailment, entailment); the first is always 0, so that the second is the
score. Matrix products are quantised dynamically (DynamicQuantizeLinear, MatMulInteger): weights have seven bits and a
scale per column, because processors without VNNI saturate at eight; the tables of embeddings a scale per row.
"""

import json
import math

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from bert import EPSILON, FFN, HEADS, HIDDEN, LAYERS

OPSET = 17
WEIGHT_MAX, TABLE_MAX = 63, 127


class Graph:
    def __init__(self, model, quantise):
        self.nodes, self.constants, self.count = [], {}, 0
        self.model, self.quantise = model, quantise

    def weight(self, name):
        return self.model.get(name).detach().float().numpy()

    def constant(self, name, array):
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(numpy.ascontiguousarray(array), name)
        return name

    def number(self, value):
        return self.constant(f"number_{value}", numpy.array(value, numpy.float32))

    def ints(self, *values):
        return self.constant("ints_" + "_".join(map(str, values)), numpy.array(values, numpy.int64))

    def node(self, op, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"{op}_{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, x, name):
        w, b = self.weight(f"{name}.w").T, self.weight(f"{name}.b")
        if not self.quantise:
            return self.node("Add", self.node("MatMul", x, self.constant(f"{name}.w", w)), self.constant(f"{name}.b", b))
        scale = numpy.maximum(numpy.abs(w).max(axis=0), 1e-8) / WEIGHT_MAX
        whole = numpy.clip(numpy.rint(w / scale), -WEIGHT_MAX, WEIGHT_MAX).astype(numpy.int8)
        small, small_scale, zero = self.node("DynamicQuantizeLinear", x, outputs=3)
        product = self.node("MatMulInteger", small, self.constant(f"{name}.w", whole), zero,
                            self.constant(f"zeros_{w.shape[1]}", numpy.zeros(w.shape[1], numpy.int8)))
        back = self.node("Mul", small_scale, self.constant(f"{name}.scale", scale.astype(numpy.float32)))
        return self.node("Add", self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), back), self.constant(f"{name}.b", b))

    def norm(self, x, name):
        return self.node("LayerNormalization", x, self.constant(f"{name}.w", self.weight(f"{name}.w")),
                         self.constant(f"{name}.b", self.weight(f"{name}.b")), axis=-1, epsilon=EPSILON)

    def words(self, ids):
        table = self.weight("word")
        if not self.quantise:
            return self.node("Gather", self.constant("word", table), ids)
        scale = numpy.maximum(numpy.abs(table).max(axis=1, keepdims=True), 1e-8) / TABLE_MAX
        whole = self.constant("word", numpy.rint(table / scale).astype(numpy.int8))
        values = self.node("Cast", self.node("Gather", whole, ids), to=TensorProto.FLOAT)
        return self.node("Mul", values, self.node("Gather", self.constant("word.scale", scale.astype(numpy.float32)), ids))

    def gelu(self, x):
        half = self.node("Add", self.node("Erf", self.node("Div", x, self.number(math.sqrt(2)))), self.number(1.0))
        return self.node("Mul", self.node("Mul", x, half), self.number(0.5))

    def split(self, x):
        parts = self.node("Reshape", x, self.ints(0, -1, HEADS, HIDDEN // HEADS))
        return self.node("Transpose", parts, perm=[0, 2, 1, 3])

    def layer(self, x, bias, i, first_only):
        y = self.node("Slice", x, self.ints(0), self.ints(1), self.ints(1)) if first_only else x
        q, k, v = self.split(self.linear(y, f"{i}.q")), self.split(self.linear(x, f"{i}.k")), self.split(self.linear(x, f"{i}.v"))
        likeness = self.node("MatMul", q, self.node("Transpose", k, perm=[0, 1, 3, 2]))
        scaled = self.node("Mul", likeness, self.number(1 / math.sqrt(HIDDEN // HEADS)))
        attention = self.node("Softmax", self.node("Add", scaled, bias), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", attention, v), perm=[0, 2, 1, 3])
        mixed = self.node("Reshape", mixed, self.ints(0, -1, HIDDEN))
        y = self.norm(self.node("Add", y, self.linear(mixed, f"{i}.o")), f"{i}.n1")
        inner = self.gelu(self.linear(y, f"{i}.up"))
        return self.norm(self.node("Add", y, self.linear(inner, f"{i}.down")), f"{i}.n2")

    def embeddings(self):
        length = self.node("Slice", self.node("Shape", "input_ids"), self.ints(1), self.ints(2))
        places = self.node("Slice", self.constant("position", self.weight("position")), self.ints(0), length, self.ints(0))
        types = self.node("Gather", self.constant("token_type", self.weight("token_type")), "token_type_ids")
        return self.norm(self.node("Add", self.node("Add", self.words("input_ids"), types), places), "n0")

    def build(self):
        x = self.embeddings()
        mask = self.node("Unsqueeze", self.node("Cast", "attention_mask", to=TensorProto.FLOAT), self.ints(1, 2))
        bias = self.node("Mul", self.node("Sub", self.number(1.0), mask), self.number(-1e4))
        for i in range(LAYERS):
            x = self.layer(x, bias, i, i == LAYERS - 1)
        cls = self.node("Reshape", x, self.ints(0, HIDDEN))
        w, b = self.weight("head.w"), self.weight("head.b")
        both = numpy.concatenate([numpy.zeros_like(w), w]).T
        score = self.node("MatMul", cls, self.constant("head.w", both))
        self.nodes.append(helper.make_node("Add", [score, self.constant("head.b", numpy.concatenate([numpy.zeros_like(b), b]))], ["logits"]))
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "length"])
                  for n in ("input_ids", "attention_mask", "token_type_ids")]
        outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])]
        graph = helper.make_graph(self.nodes, "cross_encoder", inputs, outputs, list(self.constants.values()))
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="firstline")
        made.ir_version = 8
        onnx.checker.check_model(made)
        return made


def write_tokenizer(start, out, tokens):
    """The start model's, cut at what was learned from: longer texts take time and add nothing that the model knows."""
    with open(f"{start}/tokenizer.json", encoding="utf-8") as f:
        tokenizer = json.load(f)
    tokenizer["truncation"] = {"max_length": tokens, "strategy": "LongestFirst", "stride": 0}
    tokenizer["padding"] = None
    with open(f"{out}/tokenizer.json", "w", encoding="utf-8") as f:
        json.dump(tokenizer, f, ensure_ascii=False)


def write(model, start, out, tokens):
    """tokens: of both texts together, with the three marks."""
    model.eval()
    onnx.save(Graph(model, True).build(), f"{out}/model_quantized.onnx")
    onnx.save(Graph(model, False).build(), f"{out}/model_float.reference")
    write_tokenizer(start, out, tokens)
    config = {"architectures": ["BertForSequenceClassification"], "model_type": "bert", "hidden_size": HIDDEN,
              "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": FFN, "hidden_act": "gelu",
              "layer_norm_eps": EPSILON, "max_position_embeddings": 512, "type_vocab_size": 2, "vocab_size": model.get("word").shape[0],
              "pad_token_id": 0, "id2label": {"0": "not_entailment", "1": "entailment"},
              "label2id": {"not_entailment": 0, "entailment": 1}}
    with open(f"{out}/config.json", "w", encoding="utf-8") as f:
        json.dump(config, f, indent=2)
        f.write("\n")
