"""Tests of the parts that need neither torch nor a peer.   python3 -m unittest discover bench/peers"""
import argparse
import json
import tempfile
import unittest
from pathlib import Path

import common
import llamacpp_peer
import summary


def line(kernel, length, median, floor, ratio, bench="prefill"):
    names = ("bench", "architecture", "kernel", "shape", "layers", "batch", "length", "medianSeconds", "floorSeconds", "ratioToFloor")
    return json.dumps(dict(zip(names, (bench, "mamba2", kernel, "mamba2-130m", 24, 1, length, median, floor, ratio))))


class Summary(unittest.TestCase):
    def test_a_row_for_each_case_and_a_column_for_each_program(self):
        text = summary.table(summary.read([line("fused", 512, 0.5, 0.4, 1.3), line("other", 512, 2.0, 0.41, 4.9), line("other", 1, 0.01, 0.005, 2, "decode")]))
        rows = text.splitlines()
        self.assertEqual(["model", "layers", "bench", "batch", "length", "fused", "other"], rows[0].split())
        self.assertEqual("mamba2-130m 24 prefill 1 512 1.30 (1024.0/s) 4.90 (256.0/s)".split(), rows[1].split())
        self.assertEqual("mamba2-130m 24 decode 1 1 - 2.00 (100.0/s)".split(), rows[2].split())
        self.assertNotIn("careful", text)

    def test_unequal_floors_are_told(self):
        text = summary.table(summary.read([line("fused", 512, 0.5, 0.4, 1.25), line("other", 512, 2.0, 0.6, 3.3)]))
        self.assertIn("the floors differ (fused 400.0 ms, other 600.0 ms)", text)

    def test_a_missing_floor_is_a_dash(self):
        self.assertIn("- (256.0/s)", summary.table(summary.read([line("other", 512, 2.0, None, None)])))

    def test_the_later_measurement_counts(self):
        cases = summary.read([line("fused", 512, 0.5, 0.4, 1.3), "\n", line("fused", 512, 0.6, 0.4, 1.5)])
        self.assertEqual([1.5], [row["ratioToFloor"] for rows in cases.values() for row in rows.values()])


class Common(unittest.TestCase):
    def test_the_ratio_is_the_median_of_the_rounds_own(self):
        works = iter([9, 9, 1, 4, 10])
        floors = iter([1, 1, 1, 2, 2])
        self.assertEqual((4, 2, 2), common.in_turn(3, lambda: next(works), lambda: next(floors)))

    def test_matrices_of_both_architectures(self):
        self.assertEqual([(3352, 768), (768, 1536)], model(model_type="mamba2", state_size=128, n_groups=1, num_heads=24).layers)
        self.assertEqual([(3072, 768), (80, 1536), (1536, 48), (768, 1536)], model(model_type="mamba", state_size=16).layers)

    def test_the_head_is_multiplied_with_the_last_token_only(self):
        seen = []

        class Array:
            def __init__(self, *shape):
                self.shape = shape
                self.T = self if len(shape) < 2 else type("Turned", (), {"shape": shape[::-1]})()

            def __getitem__(self, row):
                return Array(self.shape[1])

            def __matmul__(self, other):
                seen.append((self.shape, other.shape))

        floor = common.Floor([Array(30, 20), Array(20, 10)], Array(100, 20), 2, 64, Array)
        seen.clear()
        floor()
        self.assertEqual([((128, 20), (20, 30)), ((128, 10), (10, 20))], seen[:2])
        self.assertIn(seen[2:], [[((2, 20), (20, 100))], [((100, 20), (20, 2))]])


class LlamaBench(unittest.TestCase):
    """with a program that prints what llama-bench prints"""

    def call(self, backends, steps):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "llama-bench")
            result = [{"build_commit": "abc", "backends": backends, "n_prompt": 0, "n_gen": steps, "samples_ns": [640000000]}]
            program.write_text(f"#!/bin/sh\necho '{json.dumps(result)}'\n", encoding="utf-8")
            program.chmod(0o700)
            chosen = argparse.Namespace(llama_bench=str(program), gguf="model.gguf", threads=2)
            runs = llamacpp_peer.LlamaBench(chosen, 0 if steps else 512, steps)
            return runs(), runs.program

    def test_seconds_are_those_of_one_step(self):
        self.assertEqual((0.01, "llama.cpp abc"), self.call("CPU", 64))
        self.assertEqual((0.64, "llama.cpp abc"), self.call("BLAS,CPU", 0))

    def test_a_gpu_is_no_peer(self):
        with self.assertRaisesRegex(SystemExit, "CUDA"):
            self.call("CUDA", 64)


def model(**config):
    with tempfile.TemporaryDirectory() as folder:
        config.update(num_hidden_layers=1, vocab_size=50280, hidden_size=768)
        Path(folder, "config.json").write_text(json.dumps(config), encoding="utf-8")
        return common.Model(folder)


if __name__ == "__main__":
    unittest.main()
