"""Step times of FlashOptim's AdamW, torch's fused fp32 AdamW and zerod's, in one run."""
import statistics

import torch

import probe as zerod_probe

_REPETITIONS = 15
_WARM_UPS = 4


def _median_ms(step):
    times = []
    for i in range(_WARM_UPS + _REPETITIONS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        step()
        end.record()
        torch.cuda.synchronize()
        if i >= _WARM_UPS:
            times.append(start.elapsed_time(end))
    return statistics.median(times)


def _tensors(count, tensor_count, dtype):
    def random(scale):
        parts = (torch.randn(count // tensor_count, device="cuda") for _ in range(tensor_count))
        return [(part * scale).to(dtype) for part in parts]

    return random(0.02), random(1e-3)


def _parameters(count, tensor_count, dtype):
    weights, gradients = _tensors(count, tensor_count, dtype)
    parameters = [torch.nn.Parameter(weight) for weight in weights]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient
    return parameters


def _copy_ms():
    source = torch.empty(1 << 32, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    return _median_ms(lambda: target.copy_(source))


def _flashoptim_ms(flashoptim, count, tensor_count):
    parameters = _parameters(count, tensor_count, torch.bfloat16)
    return _median_ms(flashoptim.FlashAdamW(parameters, lr=1e-3, weight_decay=0.1).step)


def _zerod_ms(zerod, count, tensor_count, codec):
    weights, gradients = _tensors(count, tensor_count, torch.bfloat16)
    return _median_ms(zerod_probe.AdamW(zerod, weights, gradients, codec).step)


def _torch_ms(count, tensor_count):
    parameters = _parameters(count, tensor_count, torch.float32)
    return _median_ms(torch.optim.AdamW(parameters, lr=1e-3, fused=True).step)


def compare_times(zerod, flashoptim, count):
    """Medians in milliseconds by what was run."""
    figures = {"copy of 4 GiB on the device": _copy_ms()}
    for tensor_count in (1, 256):
        what = f"{count} parameters in {tensor_count} tensor(s)"
        for name, measure in (
            ("zerod robust", lambda: _zerod_ms(zerod, count, tensor_count, "robust")),
            ("zerod flash", lambda: _zerod_ms(zerod, count, tensor_count, "flash")),
            ("FlashAdamW", lambda: _flashoptim_ms(flashoptim, count, tensor_count)),
            ("torch fused fp32", lambda: _torch_ms(count, tensor_count)),
        ):
            figures[f"{name}, {what}"] = measure()
            torch.cuda.empty_cache()
    return figures
