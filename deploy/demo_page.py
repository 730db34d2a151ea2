"""The demo report's page: one self-contained HTML document."""

import html
import string

PAGE = string.Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>zerod: demo report</title>
<style>
  body { margin: 0; background: #f4f5f6; color: #37352f;
         font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
  main { max-width: 980px; margin: 32px auto; padding: 28px 44px 40px; background: #fff;
         border-radius: 10px; box-shadow: 0 1px 4px rgba(0, 0, 0, .12); }
  h1 { margin: 0 0 4px; font-size: 28px; }
  h2 { margin: 34px 0 10px; font-size: 19px; }
  p { margin: 8px 0; max-width: 75ch; }
  .quiet { color: #6b6f76; font-size: 14px; }
  .cards { display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px; margin: 22px 0 6px; }
  .card { padding: 12px 16px; border: 1px solid #e3e5e8; border-radius: 8px; }
  .card b { display: block; font-size: 25px; color: #0b6e99; }
  .card span { font-size: 13px; color: #6b6f76; line-height: 1.35; display: block; }
  .figures { display: grid; grid-template-columns: 1.72fr 1fr; gap: 20px; align-items: start; }
  svg { width: 100%; height: auto; display: block; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { padding: 6px 12px; text-align: right; border-bottom: 1px solid #eceef0; }
  th:first-child, td:first-child { text-align: left; padding-left: 0; }
  th { font-size: 13px; color: #6b6f76; font-weight: 600; }
  tr.section td { padding-top: 18px; font-weight: 600; }
  tr.mean td { font-weight: 600; }
  code { font-size: 13px; }
  @media (max-width: 720px) { main { padding: 20px; } .figures { grid-template-columns: 1fr; }
                              .cards { grid-template-columns: 1fr 1fr; } }
</style>
</head>
<body><main>
<h1>zerod beside full-precision AdamW</h1>
<p class="quiet">$setting</p>
<div class="cards">$cards</div>
<p>$verdict</p>
<h2>Loss</h2>
<div class="figures"><div>$losses</div><div>$pairs</div></div>
<p class="quiet">Training losses: of both trainers together for full-precision AdamW, of the first
trainer process for zerod. Validation losses: of the same held-out text.</p>
<h2>Memory</h2>
$memory
<p class="quiet">Counted by each optimizer from its live allocations. Matrix products of this example
run in fp32, so each trainer also keeps fp32 copies of zerod's bf16 weights; a model that computes in
bf16 needs none, and they are not shown. Staging holds peers' gradients on their way into a sum; its
size is that of a few buckets, whatever the model's.</p>
<h2>Figures</h2>
<table>$table</table>
<h2>Parameters with 32-bit masters</h2>
<p>$wide</p>
<p class="quiet"><code>$names</code></p>
</main></body>
</html>
""")


def card(figure, caption):
    return f'<div class="card"><b>{figure}</b><span>{caption}</span></div>'


def row(cells, kind=""):
    return f'<tr class="{kind}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def spread_text(result):
    return "n/a" if result["seed_spread"] is None else f"{result['seed_spread']:.4f}"


def cards(result):
    difference = f"{result['mean_pair_difference']:+.4f}".replace("-", "&minus;")
    state = result["optimizer_bytes_per_parameter_per_rank"]
    state_fp32 = result["adamw_fp32_optimizer_bytes_per_parameter_per_rank"]
    moved = result["bytes_moved_per_step"] / result["adamw_fp32_bytes_moved_per_step"]
    return "".join((
        card(difference, "nats per byte: mean difference in validation loss, zerod minus fp32"),
        card(spread_text(result), "spread of fp32 over the seeds, the measure of noise"),
        card(f"{state:.2f} B", "optimizer state per parameter on each rank; "
             f"fp32: {state_fp32:.0f} B"),
        card(f"{moved:.0%}", "of the bytes that fp32 moves per step"),
    ))


def table(result):
    lines = ["<tr><th></th><th>zerod</th><th>adamw-fp32</th><th>difference</th></tr>",
             row(("Validation loss, nats per byte", "", "", ""), "section")]
    for seed, zerod, fp32, difference in zip(
            result["seeds"], result["zerod_validation_losses"],
            result["adamw_fp32_validation_losses"], result["pair_differences"]):
        lines.append(row((f"seed {seed}", f"{zerod:.4f}", f"{fp32:.4f}", f"{difference:+.4f}")))
    lines.append(row(("mean", f"{result['zerod_validation_loss']:.4f}",
                      f"{result['adamw_fp32_validation_loss']:.4f}",
                      f"{result['mean_pair_difference']:+.4f}"), "mean"))
    lines.append(row(("spread over seeds", "", spread_text(result), "")))
    lines.append(row(("On each rank, bytes per parameter", "", "", ""), "section"))
    for label, key in (("optimizer state", "optimizer_bytes_per_parameter_per_rank"),
                       ("gradients", "gradient_bytes_per_parameter")):
        lines.append(row((label, f"{result[key]:.3f}", f"{result['adamw_fp32_' + key]:.3f}", "")))
    lines.append(row(("Per step", "", "", ""), "section"))
    lines.append(row(("bytes moved between ranks, all together",
                      f"{result['bytes_moved_per_step']:,}",
                      f"{result['adamw_fp32_bytes_moved_per_step']:,}", "")))
    lines.append(row(("milliseconds on this machine",
                      f"{result['zerod_milliseconds_per_step']:.1f}",
                      f"{result['adamw_fp32_milliseconds_per_step']:.1f}", "")))
    return "\n".join(lines).replace(">-", ">&minus;")


def verdict(result):
    if len(result["seeds"]) < 2:
        return "With a single seed there is no spread to compare the difference with."
    inside = abs(result["mean_pair_difference"]) < result["seed_spread"]
    return ("The two optimizers differ by " + ("less" if inside else "<b>more</b>") +
            " than runs of full-precision AdamW differ among themselves when only their seed "
            "changes.")


def render(result, figures):
    wide = result["wide_master_parameters"]
    share = wide["elements"] / result["parameters"]
    return PAGE.substitute(
        figures,
        setting=(f"A byte-level language model of {result['parameters']:,} parameters, "
                 f"{result['steps']} steps on {result['text_bytes']:,} bytes of "
                 f"{html.escape(result['text'])}; {result['trainers']} trainers on "
                 f"{result['ranks']} ranks, codec {html.escape(result['codec'])}. zerod runs as a "
                 "daemon per rank, each with a trainer process; full-precision AdamW as two "
                 "threads. Runs of one seed share initial values and data."),
        cards=cards(result),
        verdict=verdict(result),
        table=table(result),
        wide=(f"{wide['count']} norms and biases with {wide['elements']:,} elements, {share:.1%} "
              "of all: their masters have 32 bits instead of 24, one byte more for each."),
        names=html.escape(", ".join(wide["names"])))
