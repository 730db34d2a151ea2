"""Codes, masters and chained steps of codec flash beside FlashOptim's own."""
import torch

import probe as zerod_probe

_COUNT = 1 << 24


def _inputs(seed):
    """Values over many magnitudes, as moments have them."""
    generator = torch.Generator().manual_seed(seed)
    normal = torch.randn(_COUNT, generator=generator)
    spread = torch.exp(2.0 * torch.randn(_COUNT, generator=generator))
    return normal * spread * 1e-3


def compare_codes(zerod, flashoptim):
    """Shares of codes and scales that differ, and by how much at most; and of decoded values."""
    from flashoptim import optimizers

    figures = {}
    for moment in ("m", "v"):
        values = _inputs(1) if moment == "m" else _inputs(2).square()
        options = {"signed": moment == "m", "sqrt": moment == "v", "softsign": moment == "m"}
        theirs, their_scales = (t.cpu() for t in optimizers.quantize(values.cuda(), **options))
        ours, our_scales = zerod.quantize(values, moment)
        distance = (theirs.int() - ours.int()).abs()
        figures[f"{moment} codes, share that differ"] = (distance != 0).double().mean().item()
        figures[f"{moment} codes, greatest difference"] = distance.max().item()
        other_scales = their_scales.view(torch.int16) != our_scales.view(torch.int16)
        figures[f"{moment} scales, share that differ"] = other_scales.double().mean().item()
        back = optimizers.dequantize(ours.cuda(), our_scales.cuda(), **options).cpu()
        decoded = zerod.dequantize(ours, our_scales, moment)
        error = (back - decoded).abs() / decoded.abs().clamp_min(1e-30)
        figures[f"{moment} values, greatest relative difference"] = error.max().item()
    return figures


def compare_masters(zerod, flashoptim):
    """Errors of 24-bit masters, in units of the bf16 weight's last place."""
    values = _inputs(3)
    exponent = torch.frexp(values).exponent.double()
    unit = torch.exp2(exponent - 8)
    narrow = values.bfloat16().cuda()
    bits = flashoptim.compute_ecc_bits(values.cuda(), narrow, master_bytewidth=3)
    theirs = flashoptim.reconstruct_fp32_param(narrow, bits).cpu()
    ours = zerod.join(*zerod.split(values))
    figures = {}
    for name, joined in (("FlashOptim", theirs), ("zerod", ours)):
        error = (joined.double() - values.double()).abs() / unit
        figures[f"{name}, mean error"] = error.mean().item()
        figures[f"{name}, greatest error"] = error.max().item()
    return figures


def compare_chain(zerod, flashoptim, step_count=200, count=1 << 20):
    """Distance of the weights after chained AdamW steps on the same gradients."""
    generator = torch.Generator(device="cuda").manual_seed(4)
    start = (torch.randn(count, generator=generator, device="cuda") * 0.02).bfloat16()
    parameter = torch.nn.Parameter(start.clone())
    parameter.grad = torch.zeros_like(start)
    theirs = flashoptim.FlashAdamW([parameter], lr=1e-3, weight_decay=1e-2)
    weights, gradient = start.clone(), torch.zeros_like(start)
    ours = zerod_probe.AdamW(zerod, [weights], [gradient], "flash")
    exact = torch.nn.Parameter(start.double())
    exact.grad = torch.zeros_like(exact)
    binary64 = torch.optim.AdamW([exact], lr=1e-3, weight_decay=1e-2)
    for _ in range(step_count):
        gradient.copy_(torch.randn(count, generator=generator, device="cuda") * 1e-3)
        parameter.grad.copy_(gradient)
        exact.grad.copy_(gradient)
        theirs.step()
        ours.step(weight_decay=1e-2)
        binary64.step()
    path = (exact.detach() - start.double()).norm()

    def distance(a, b):
        return ((a.double() - b.double()).norm() / path).item()

    return {
        "zerod to FlashOptim, relative to the way from the start": distance(weights, parameter),
        "zerod to binary64": distance(weights, exact),
        "FlashOptim to binary64": distance(parameter, exact),
        "weights that are equal": (weights == parameter).double().mean().item(),
    }
