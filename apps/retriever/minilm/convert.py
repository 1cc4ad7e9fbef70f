"""Writes a BERT encoder's weights (safetensors) as ONNX, in the layout of the model hub.

    python convert.py SOURCE TARGET

SOURCE holds config.json, model.safetensors and tokenizer.json of a sentence-transformers BERT such as
all-MiniLM-L6-v2. TARGET gets onnx/model.onnx (inputs input_ids, attention_mask, token_type_ids of int64 [batch,
length]; output last_hidden_state, float32 [batch, length, hidden]), config.json, tokenizer.json and
tokenizer_config.json. The graph is that of Devlin et al., 2019 (https://arxiv.org/abs/1810.04805), post-norm.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

OPSET = 20  # the first with Gelu


class Graph:
    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.constants = {}

    def op(self, kind, *inputs, **attributes):
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, name, value):
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def integers(self, *values):
        return self.constant("int_" + "_".join(map(str, values)), np.array(values, np.int64))

    def weight(self, name):
        return self.constant(name, self.weights[name].astype(np.float32))

    def linear(self, x, name):
        matrix = self.constant(name + ".weight.T", self.weights[name + ".weight"].astype(np.float32).T)
        return self.op("Add", self.op("MatMul", x, matrix), self.weight(name + ".bias"))

    def norm(self, x, name, epsilon):
        return self.op("LayerNormalization", x, self.weight(name + ".weight"), self.weight(name + ".bias"),
                       axis=-1, epsilon=epsilon)


def build(config, weights):
    graph = Graph(weights)
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    size, epsilon = hidden // heads, config["layer_norm_eps"]
    if config["hidden_act"] != "gelu":
        raise SystemExit(f"hidden_act {config['hidden_act']} is not supported")

    def split(x, order):  # [batch, length, hidden] -> [batch, heads, length, size], or its last two swapped
        return graph.op("Transpose", graph.op("Reshape", x, graph.integers(0, 0, heads, size)), perm=order)

    length = graph.op("Slice", graph.op("Shape", "input_ids"), graph.integers(1), graph.integers(2))
    positions = graph.op("Slice", graph.weight("embeddings.position_embeddings.weight"), graph.integers(0), length)
    words = graph.op("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    types = graph.op("Gather", graph.weight("embeddings.token_type_embeddings.weight"), "token_type_ids")
    x = graph.norm(graph.op("Add", graph.op("Add", words, types), positions), "embeddings.LayerNorm", epsilon)

    mask = graph.op("Cast", graph.op("Unsqueeze", "attention_mask", graph.integers(1, 2)), to=TensorProto.FLOAT)
    one = graph.constant("one", np.array(1, np.float32))
    bias = graph.op("Mul", graph.op("Sub", one, mask), graph.constant("lowest", np.array(-1e9, np.float32)))
    scale = graph.constant("scale", np.array(1 / np.sqrt(size), np.float32))
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}."
        queries = split(graph.linear(x, layer + "attention.self.query"), [0, 2, 1, 3])
        keys = split(graph.linear(x, layer + "attention.self.key"), [0, 2, 3, 1])
        values = split(graph.linear(x, layer + "attention.self.value"), [0, 2, 1, 3])
        scores = graph.op("Add", graph.op("Mul", graph.op("MatMul", queries, keys), scale), bias)
        heard = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), values)
        joined = graph.op("Reshape", graph.op("Transpose", heard, perm=[0, 2, 1, 3]), graph.integers(0, 0, hidden))
        x = graph.norm(graph.op("Add", graph.linear(joined, layer + "attention.output.dense"), x),
                       layer + "attention.output.LayerNorm", epsilon)
        inner = graph.op("Gelu", graph.linear(x, layer + "intermediate.dense"))
        x = graph.norm(graph.op("Add", graph.linear(inner, layer + "output.dense"), x),
                       layer + "output.LayerNorm", epsilon)
    graph.nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))

    shape = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape)
              for name in ("input_ids", "attention_mask", "token_type_ids")]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, hidden])
    body = helper.make_graph(graph.nodes, "bert", inputs, [output], list(graph.constants.values()))
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model


def main(source, target):
    config = json.loads((source / "config.json").read_text())
    weights = {name.removeprefix("bert."): value for name, value in load_file(source / "model.safetensors").items()}
    model = build(config, weights)
    (target / "onnx").mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(source / name, target / name)
    onnx.save(model, target / "onnx" / "model.onnx")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
