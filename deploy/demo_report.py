#!/usr/bin/env python3
"""Turns the files of deploy/demo.sh's runs into a table, report.html and result.json."""

import json
import os
import pathlib
import signal
import statistics
import sys

import demo_figures
import demo_page

OPTIMIZERS = ("zerod", "adamw-fp32")


def read_runs(folder):
    """{optimizer: [(summary, [metrics of a step, ...]), ...]}, by ascending seed."""
    runs = {}
    for optimizer in OPTIMIZERS:
        runs[optimizer] = []
        for path in folder.glob(f"{optimizer}-*.summary"):
            lines = path.with_suffix(".metrics").read_text().splitlines()
            runs[optimizer].append((json.loads(path.read_text()), [json.loads(l) for l in lines]))
        runs[optimizer].sort(key=lambda run: run[0]["seed"])
    if not runs["zerod"] or len(runs["zerod"]) != len(runs["adamw-fp32"]):
        sys.exit(f"demo_report: {folder} does not hold pairs of finished runs")
    return runs


def bytes_per_parameter(summary, kind):
    """The mean over ranks, as the optimizer counted its own allocations."""
    ranks = summary["usage_by_rank"]
    if kind == "optimizer":
        total = sum(rank["optimizer_state_bytes"] for rank in ranks)
    else:
        total = sum(rank["bytes_by_kind"].get(kind, 0) for rank in ranks)
    return total / len(ranks) / summary["parameters"]


def spread(losses):
    """Largest minus smallest; nothing can be said of a single one."""
    return max(losses) - min(losses) if len(losses) > 1 else None


def compare(runs):
    """Everything result.json says."""
    summaries = {name: [summary for summary, _ in runs[name]] for name in OPTIMIZERS}
    losses = {name: [s["validation_loss"] for s in summaries[name]] for name in OPTIMIZERS}
    differences = [z - f for z, f in zip(losses["zerod"], losses["adamw-fp32"])]
    zerod, fp32 = summaries["zerod"][0], summaries["adamw-fp32"][0]
    result = {
        "zerod_validation_loss": statistics.fmean(losses["zerod"]),
        "adamw_fp32_validation_loss": statistics.fmean(losses["adamw-fp32"]),
        "mean_pair_difference": statistics.fmean(differences),
        # How far apart runs end that differ in nothing but their seed: largest minus smallest loss.
        "seed_spread": spread(losses["adamw-fp32"]),
        "seeds": [s["seed"] for s in summaries["zerod"]],
        "zerod_validation_losses": losses["zerod"],
        "adamw_fp32_validation_losses": losses["adamw-fp32"],
        "pair_differences": differences,
        "steps": zerod["steps"],
        "parameters": zerod["parameters"],
        "trainers": zerod["trainers"],
        "ranks": zerod["ranks"],
        "codec": zerod["codec"],
        "optimizer_bytes_per_parameter_per_rank": bytes_per_parameter(zerod, "optimizer"),
        "gradient_bytes_per_parameter": bytes_per_parameter(zerod, "gradients"),
        "bytes_moved_per_step": zerod["bytes_moved_per_step"],
        "wide_master_parameters": {
            "count": len(zerod["wide_master_parameters"]),
            "elements": zerod["wide_master_elements"],
            "names": zerod["wide_master_parameters"],
        },
        "adamw_fp32_optimizer_bytes_per_parameter_per_rank": bytes_per_parameter(fp32, "optimizer"),
        "adamw_fp32_gradient_bytes_per_parameter": bytes_per_parameter(fp32, "gradients"),
        "adamw_fp32_bytes_moved_per_step": fp32["bytes_moved_per_step"],
    }
    for name, key in (("zerod", "zerod"), ("adamw-fp32", "adamw_fp32")):
        steps_ms = [s["milliseconds_per_step"] for s in summaries[name]]
        result[f"{key}_milliseconds_per_step"] = statistics.fmean(steps_ms)
    result["text"] = zerod["text"]
    result["text_bytes"] = zerod["text_bytes"]
    return result


def print_table(result):
    rows = [("validation loss, nats/byte", "zerod", "adamw-fp32", "difference")]
    pairs = zip(result["seeds"], result["zerod_validation_losses"],
                result["adamw_fp32_validation_losses"], result["pair_differences"])
    rows += [(f"  seed {seed}", f"{z:.4f}", f"{f:.4f}", f"{d:+.4f}") for seed, z, f, d in pairs]
    rows += [
        ("  mean", f"{result['zerod_validation_loss']:.4f}",
         f"{result['adamw_fp32_validation_loss']:.4f}", f"{result['mean_pair_difference']:+.4f}"),
        ("  spread over seeds", "", demo_page.spread_text(result), ""),
        ("per rank, bytes per parameter", "", "", ""),
    ]
    for label, key, form in (
            ("  optimizer state", "optimizer_bytes_per_parameter_per_rank", ".3f"),
            ("  gradients", "gradient_bytes_per_parameter", ".3f"),
            ("bytes moved per step, all ranks", "bytes_moved_per_step", ",d"),
            ("milliseconds per step", "milliseconds_per_step", ".1f")):
        ours = result[key if key in result else f"zerod_{key}"]
        rows.append((label, format(ours, form), format(result[f"adamw_fp32_{key}"], form), ""))
    print(f"\n{result['parameters']:,} parameters, {result['steps']} steps, "
          f"{result['trainers']} trainers on {result['ranks']} ranks")
    for label, *cells in rows:
        print(f"{label:<32}" + "".join(f"{cell:>14}" for cell in cells).rstrip())
    wide = result["wide_master_parameters"]
    print(f"32-bit masters: {wide['count']} norms and biases, {wide['elements']:,} elements\n")


def write_whole(path, text):
    """Beside it first: nobody ever finds half a file."""
    beside = path.with_name(f"{path.name}.partial.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: demo_report.py FOLDER_WITH_RUNS OUTPUT_FOLDER")
    runs = read_runs(pathlib.Path(sys.argv[1]))
    output = pathlib.Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    result = compare(runs)
    figures = {
        "losses": demo_figures.losses(runs),
        "pairs": demo_figures.pairs(result),
        "memory": demo_figures.memory(runs),
    }
    page = demo_page.render(result, figures)
    write_whole(output / "report.html", page)
    write_whole(output / "result.json", json.dumps(result, indent=2) + "\n")
    print_table(result)
    print(f"report: {output / 'report.html'}\nfigures as data: {output / 'result.json'}")


if __name__ == "__main__":
    # Ctrl-C and kill end it through `finally`, so no partial file stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
