"""Times llama.cpp in float32 on the CPU by its own llama-bench: prefill, and decoding of one row. Prints JSON lines.

The model is converted once by llama.cpp's converter; one call of llama-bench and one of the floor follow one another.
"""
import json
import os
import subprocess
import sys

from common import Floor, Model, in_turn, options, parse, report, seconds

STEPS = 64


def main():
    parser = options(__doc__)
    parser.add_argument("--llama-bench", required=True, metavar="PROGRAM", help="built for the CPU of this machine")
    parser.add_argument("--convert", metavar="SCRIPT", help="convert_hf_to_gguf.py of a whole llama.cpp checkout")
    parser.add_argument("--gguf", required=True, metavar="FILE", help="the model in float32; made by --convert if it is not there")
    chosen = parse(parser)
    sizes = Model(chosen.folder)
    if not os.path.exists(chosen.gguf):
        convert(chosen)
    arrays = random_arrays(chosen.threads)
    floors = Floors(sizes, arrays) if arrays else None
    cases = [("prefill", length, 0) for length in chosen.lengths] + [("decode", 0, STEPS)]
    for bench, prompt, steps in cases:
        runs = LlamaBench(chosen, prompt, steps)
        floor = floors.of(max(prompt, 1), max(steps, 1)) if floors else None
        measured = in_turn(chosen.repetitions, runs, floor) if floor else without_floor(chosen.repetitions, runs)
        report(bench, runs.program, sizes, 1, max(prompt, 1), measured)


def convert(chosen):
    if not chosen.convert:
        raise SystemExit(f"{chosen.gguf} is not there; name convert_hf_to_gguf.py with --convert, which makes it")
    part = chosen.gguf + ".part"
    command = [sys.executable, chosen.convert, chosen.folder, "--outfile", part, "--outtype", "f32"]
    if subprocess.run(command, stdout=sys.stderr).returncode:
        raise SystemExit(
            "llama.cpp's converter failed (its own message is above); it needs torch, transformers, numpy and, for a model without a "
            "tokenizer, models/ggml-vocab-gpt-neox.gguf of its checkout"
        )
    os.replace(part, chosen.gguf)


class LlamaBench:
    """One call is one process of llama-bench, which warms up by itself and then measures once."""

    def __init__(self, chosen, prompt, steps):
        self.steps = steps
        self.command = [chosen.llama_bench, "-m", chosen.gguf, "-t", str(chosen.threads), "-o", "json", "-r", "1"]
        self.command += ["-p", str(prompt), "-n", str(steps)]
        self.program = None

    def __call__(self):
        """seconds of the prompt, or of one step"""
        done = subprocess.run(self.command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(self.command)} failed:\n{done.stderr[-2000:]}")
        (result,) = json.loads(done.stdout)
        if set(result["backends"].split(",")) - {"CPU", "BLAS"}:
            raise SystemExit(f"llama-bench ran on {result['backends']}; the others run on the CPU, so build llama.cpp without a GPU")
        self.program = f"llama.cpp {result['build_commit']}"
        return result["samples_ns"][0] / 1e9 / max(self.steps, 1)


def random_arrays(threads):
    """makes random float32 matrices with the faster of the libraries that are there, or None"""
    try:
        import torch

        torch.set_num_threads(threads)
        return torch.randn
    except ImportError:
        pass
    try:
        import numpy

        generator = numpy.random.default_rng(1)
        return lambda rows, columns: generator.standard_normal((rows, columns), dtype=numpy.float32)
    except ImportError:
        print("neither torch nor numpy is there: llama.cpp is timed without a floor", file=sys.stderr)
        return None


class Floors:
    """Weights of the model's sizes, made once."""

    def __init__(self, sizes, random):
        self.random = random
        self.layers = [random(*shape) for shape in sizes.layers]
        self.head = random(*sizes.head)

    def of(self, length, times):
        """seconds of one pass over a prompt; the mean of several, as many as llama-bench makes steps"""
        floor = Floor(self.layers, self.head, 1, length, self.random)
        return lambda: seconds(lambda: [floor() for _ in range(times)]) / times


def without_floor(repetitions, work):
    median, _, _ = in_turn(repetitions, work, lambda: 1.0)
    return median, None, None


if __name__ == "__main__":
    main()
