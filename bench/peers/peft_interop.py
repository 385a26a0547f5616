"""Loads adapters that Statecraft wrote in Hugging Face peft and compares the logits. Prints one line for each.

MODEL is a model folder, FOLDER what `bench/run adapters MODEL FOLDER` made of it. Exits with 1 where logits differ. Needs torch,
transformers, peft and safetensors (checked with peft 0.21.2 and transformers 5.23.0); runs on the CPU.
"""
import os
import sys
import warnings

# of the largest logit
TOLERANCE = 1e-5


def main(model_folder, folder):
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    import peft
    import torch
    import transformers
    from safetensors.torch import load_file

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    print(f"peft {peft.__version__}, transformers {transformers.__version__}, torch {torch.__version__}, {model_folder}")
    print(f"{'adapter':<20}{'largest logit':>15}{'change by it':>15}{'difference':>15}")
    failed = False
    for name in sorted(os.listdir(folder)):
        ours = load_file(os.path.join(folder, name, "ours.safetensors"))
        base = transformers.AutoModelForCausalLM.from_pretrained(model_folder, local_files_only=True).float().eval()
        with torch.inference_mode():
            plain = base(input_ids=ours["input_ids"], use_cache=False).logits
            try:
                adapted = peft.PeftModel.from_pretrained(base, os.path.join(folder, name, "adapter")).eval()
            except ValueError as refusal:
                print(f"{name:<20}refused by peft: {str(refusal)[:100]}")
                continue
            # prompt tuning: the virtual positions come first
            theirs = adapted(input_ids=ours["input_ids"], use_cache=False).logits[:, -plain.shape[1]:]
        scale = theirs.abs().max().item()
        change = (theirs - plain).abs().max().item()
        difference = (theirs - ours["logits"]).abs().max().item()
        # written so that NaN fails
        good = difference <= TOLERANCE * scale
        # transformers reads the weight of some modules and never calls them: peft's adapter then does nothing
        ignored = change == 0
        failed |= not good and not ignored
        remark = "" if good else "   without effect in peft" if ignored else "   DIFFERS"
        print(f"{name:<20}{scale:>15.4f}{change:>15.4f}{difference:>15.2e}{remark}")
    return failed


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
