"""Times Hugging Face transformers in float32 on the CPU: prefill, and greedy decoding of 1 and 8 rows. Prints JSON lines."""
import inspect

from common import Floor, Model, in_turn, options, parse, report, seconds

PROMPT = 16
BATCHES = (1, 8)


def main():
    parser = options(__doc__)
    chosen = parse(parser)
    import torch
    import transformers

    torch.set_num_threads(chosen.threads)
    sizes = Model(chosen.folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(chosen.folder, local_files_only=True).float().eval()
    if "logits_to_keep" not in inspect.signature(model.forward).parameters:
        raise SystemExit(
            f"transformers {transformers.__version__} computes the logits of all positions of a prompt, which nobody else here does; "
            "install a newer one (checked with 5.23.0)"
        )
    program = f"transformers {transformers.__version__}"

    def ids(batch, length):
        return torch.randint(0, sizes.vocabulary, (batch, length))

    def floor(batch, length):
        run = Floor(matrices(model, sizes), model.lm_head.weight, batch, length, torch.randn)
        return lambda: seconds(run)

    with torch.inference_mode():
        for length in chosen.lengths:
            prompt = ids(1, length)
            work = lambda: seconds(lambda: model(input_ids=prompt, use_cache=True, logits_to_keep=1))
            measured = in_turn(chosen.repetitions, work, floor(1, length))
            report("prefill", program, sizes, 1, length, measured)
        for batch in BATCHES:
            steps = Steps(model, ids(batch, PROMPT))
            measured = in_turn(chosen.repetitions, lambda: seconds(steps.next), floor(batch, 1))
            report("decode", program, sizes, batch, 1, measured)


class Steps:
    """Greedy decoding by the bare model; generate() does the same with more work around each step."""

    def __init__(self, model, prompt):
        self.model = model
        self.take(model(input_ids=prompt, use_cache=True, logits_to_keep=1))

    def next(self):
        self.take(self.model(input_ids=self.tokens, cache_params=self.cache, use_cache=True, logits_to_keep=1))

    def take(self, output):
        self.cache = output.cache_params
        self.tokens = output.logits[:, -1].argmax(-1, keepdim=True)


def matrices(model, sizes):
    """the weights themselves, so that the floor takes no memory of its own"""
    names = ("in_proj", "x_proj", "dt_proj", "out_proj") if sizes.first else ("in_proj", "out_proj")
    found = [getattr(layer.mixer, name).weight for layer in model.backbone.layers for name in names]
    shapes = [tuple(matrix.shape) for matrix in found]
    if shapes != sizes.layers:
        raise SystemExit(f"the matrices have other shapes than config.json tells: {shapes[:4]} ... against {sizes.layers[:4]} ...")
    return found


if __name__ == "__main__":
    main()
