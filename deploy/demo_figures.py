"""The demo report's figures, each as the text of an SVG element."""

import io
import re

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402: the backend comes first

COLOURS = {"zerod": "#0b6e99", "adamw-fp32": "#d9730d"}
INK = "#37352f"
# From what every trainer must hold to what only its optimizer needs.
KINDS = {
    "weights": ("weights", "#c3c8cf"),
    "gradients": ("gradients", "#8f98a3"),
    "reduced_gradients": ("reduced gradients", "#5f6b78"),
    "correction": ("master: low bits", "#9ad1e3"),
    "m": ("m", "#3f9fc4"),
    "v": ("v", "#0b6e99"),
    "scales": ("scales", "#063f58"),
    "staging": ("staging", "#e8d5b5"),
    "control": ("control pages", "#b59b6d"),
}
SMOOTHING_STEPS = 10

plt.rcParams.update({
    "font.family": "sans-serif", "font.size": 10, "text.color": INK, "axes.labelcolor": INK,
    "axes.edgecolor": "#b0b4ba", "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#eceef0", "axes.axisbelow": True, "legend.frameon": False,
})


def as_svg(figure, description):
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight", transparent=True,
                   metadata={"Date": None, "Creator": None})
    plt.close(figure)
    svg = text.getvalue()
    svg = svg[svg.index("<svg"):]
    # The page decides how wide a figure is; the viewBox keeps its proportions.
    head, rest = svg.split(">", 1)
    head = re.sub(r'\s(width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="{description}">{rest}'


def smooth(values):
    """The mean of each value and those shortly before it."""
    means = []
    for end in range(1, len(values) + 1):
        window = values[max(0, end - SMOOTHING_STEPS):end]
        means.append(sum(window) / len(window))
    return means


def losses(runs):
    figure, axes = plt.subplots(figsize=(6.2, 3.6))
    for optimizer, style in (("adamw-fp32", "--"), ("zerod", "-")):
        for index, (_, metrics) in enumerate(runs[optimizer]):
            steps = [m["step"] for m in metrics]
            axes.plot(steps, smooth([m["train_loss"] for m in metrics]), style, linewidth=1.1,
                      color=COLOURS[optimizer], alpha=0.55)
            evaluated = [m for m in metrics if "validation_loss" in m]
            axes.plot([m["step"] for m in evaluated], [m["validation_loss"] for m in evaluated],
                      "o" if optimizer == "zerod" else "x", markersize=4.5,
                      color=COLOURS[optimizer], label=optimizer if index == 0 else None)
    axes.set_xlabel("step")
    axes.set_ylabel("loss, nats per byte")
    axes.set_title("Lines: training, smoothed. Marks: validation.", fontsize=10, loc="left")
    axes.legend()
    return as_svg(figure, "Training and validation loss of all runs over the steps")


def pairs(result):
    figure, axes = plt.subplots(figsize=(3.4, 3.6))
    positions = range(len(result["seeds"]))
    both = {"zerod": result["zerod_validation_losses"],
            "adamw-fp32": result["adamw_fp32_validation_losses"]}
    for position, low, high in zip(positions, *both.values()):
        axes.plot([position, position], [low, high], color="#b0b4ba", linewidth=2, zorder=1)
    for optimizer, marker in (("zerod", "o"), ("adamw-fp32", "x")):
        axes.scatter(positions, both[optimizer], marker=marker, color=COLOURS[optimizer],
                     label=optimizer, zorder=2)
    axes.set_xticks(list(positions), [str(seed) for seed in result["seeds"]])
    axes.set_xlim(-0.5, len(result["seeds"]) - 0.5)
    axes.margins(y=0.25)
    axes.ticklabel_format(axis="y", useOffset=False)
    axes.set_xlabel("seed")
    axes.set_title("Final validation loss", fontsize=10, loc="left")
    axes.legend(fontsize=9)
    return as_svg(figure, "Final validation loss of both optimizers, seed by seed")


def memory(runs):
    figure, axes = plt.subplots(figsize=(9.4, 2.1))
    shown = set()
    for row, optimizer in enumerate(("adamw-fp32", "zerod")):
        summary = runs[optimizer][0][0]
        ranks = summary["usage_by_rank"]
        left = 0.0
        for kind, (label, colour) in KINDS.items():
            total = sum(rank["bytes_by_kind"].get(kind, 0) for rank in ranks)
            width = total / len(ranks) / summary["parameters"]
            if width == 0:
                continue
            axes.barh(row, width, left=left, height=0.6, color=colour, edgecolor="white",
                      linewidth=0.6, label=None if kind in shown else label)
            shown.add(kind)
            left += width
        axes.text(left + 0.12, row, f"{left:.2f}", va="center", fontweight="bold")
    axes.set_yticks([0, 1], ["adamw-fp32", "zerod"])
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("bytes per parameter on each rank")
    handles, labels = axes.get_legend_handles_labels()
    order = [label for label, _ in KINDS.values()]
    entries = sorted(zip(handles, labels), key=lambda entry: order.index(entry[1]))
    axes.legend(*zip(*entries), ncol=len(entries), fontsize=8.5, loc="upper center",
                bbox_to_anchor=(0.48, -0.3), handlelength=1, columnspacing=1.2)
    return as_svg(figure, "Bytes per parameter on each rank, by kind, for both optimizers")
