"""What the peer scripts share: the floor, timing in turn, options and the line of output.

Definitions are those of the Java side (classes Floor, Pairs and Measurement of bench), so that lines of all programs can
stand in one table.
"""
import argparse
import json
import os
import statistics
import time

WARM_UP = 2


def options(description):
    """the options of every peer, and the number of threads told to the libraries, which read it when they are imported"""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folder", help="model in the Hugging Face layout, as bench/run model writes it")
    parser.add_argument("--lengths", default="128,512,2048", help="prompts of prefill")
    parser.add_argument("--repetitions", type=int, default=7, help="counted rounds")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser


def parse(parser):
    chosen = parser.parse_args()
    chosen.lengths = [int(length) for length in chosen.lengths.split(",")]
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(chosen.threads)
    os.environ["HF_HUB_OFFLINE"] = "1"
    return chosen


class Model:
    """Sizes of a model folder: the shapes [rows, columns] of all matrices that a token meets."""

    def __init__(self, folder):
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            config = json.load(file)
        if config.get("model_type") not in ("mamba", "mamba2"):
            raise SystemExit(f"{folder}: model_type is {config.get('model_type')!r}; expected mamba or mamba2")
        self.first = config["model_type"] == "mamba"
        self.name = os.path.basename(os.path.realpath(folder))
        self.count = config["num_hidden_layers"]
        self.vocabulary = config["vocab_size"]
        width, state = config["hidden_size"], config["state_size"]
        inner = config.get("expand", 2) * width
        if self.first:
            rank = config.get("time_step_rank", "auto")
            rank = -(-width // 16) if rank == "auto" else rank
            layer = [(2 * inner, width), (rank + 2 * state, inner), (inner, rank), (width, inner)]
        else:
            layer = [(2 * inner + 2 * config["n_groups"] * state + config["num_heads"], width), (width, inner)]
        self.layers = layer * self.count
        self.head = (self.vocabulary, width)


class Floor:
    """The matrix products of a model and nothing else: layers for all tokens, the head for the last token of each row.

    Matrices are arrays of NumPy or PyTorch, which write a product alike; where few rows are multiplied, each product is
    written in the fastest of three ways.
    """

    def __init__(self, layers, head, batch, length, random):
        self.random = random
        self.products = [self.fastest(matrix, batch * length) for matrix in layers]
        self.products.append(self.fastest(head, batch))

    def __call__(self):
        for product in self.products:
            product()

    def fastest(self, matrix, rows):
        x = self.random(rows, matrix.shape[1])
        turned, columns, vector = matrix.T, x.T, x[0]
        ways = [lambda: x @ turned]
        if rows <= 16:
            ways.append(lambda: matrix @ columns)
        if rows == 1:
            ways.append(lambda: matrix @ vector)
        return ways[0] if len(ways) == 1 else min(ways, key=lambda way: min(seconds(way) for _ in range(5)))


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(repetitions, work, floor):
    """medians of both, and the median of the rounds' own ratios; work and floor return seconds and follow one another"""
    times = [(work(), floor()) for _ in range(WARM_UP + repetitions)][WARM_UP:]
    return (
        statistics.median(work for work, _ in times),
        statistics.median(floor for _, floor in times),
        statistics.median(work / floor for work, floor in times),
    )


def report(bench, program, model, batch, length, measured):
    """prints one measurement under the field names of the Java side"""
    median, floor, ratio = measured
    line = {
        "bench": bench,
        "architecture": "mamba1" if model.first else "mamba2",
        "kernel": program,
        "shape": model.name,
        "layers": model.count,
        "batch": batch,
        "length": length,
        "medianSeconds": median,
        "floorSeconds": floor,
        "ratioToFloor": ratio,
    }
    print(json.dumps(line), flush=True)
