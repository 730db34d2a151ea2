"""zerod's kernels for Python, through libzerod_probe.so. Tensors are torch's."""
import ctypes

import torch


class _Tensor(ctypes.Structure):
    _fields_ = [("count", ctypes.c_uint64)] + [
        (name, ctypes.c_void_p)
        for name in ("gradient", "weights", "correction", "m", "v", "scales")
    ]


class _Settings(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_double) for name in ("lr", "beta1", "beta2", "eps", "weight_decay")
    ] + [("step", ctypes.c_uint64)]


def _pointer(tensor):
    return ctypes.c_void_p(tensor.data_ptr())


class Probe:
    """The functions of the library; host tensors in, host tensors out."""

    def __init__(self, path):
        self.library = ctypes.CDLL(str(path.resolve()))
        self.library.zerod_probe_open.restype = ctypes.c_void_p

    def quantize(self, values, moment):
        """Codes and fp16 scales of fp32 values, a multiple of 32, by codec flash."""
        code_type = torch.int8 if moment == "m" else torch.uint8
        codes = torch.empty(values.numel(), dtype=code_type)
        scales = torch.empty(values.numel() // 32, dtype=torch.float16)
        count = ctypes.c_uint64(values.numel())
        function = getattr(self.library, f"zerod_probe_flash_{moment}")
        function(_pointer(values), count, _pointer(codes), _pointer(scales))
        return codes, scales

    def dequantize(self, codes, scales, moment):
        values = torch.empty(codes.numel(), dtype=torch.float32)
        count = ctypes.c_uint64(codes.numel())
        function = getattr(self.library, f"zerod_probe_flash_{moment}_values")
        function(_pointer(codes), _pointer(scales), count, _pointer(values))
        return values

    def split(self, values):
        """bf16 weights and int8 corrections of fp32 values."""
        weights = torch.empty(values.numel(), dtype=torch.bfloat16)
        correction = torch.empty(values.numel(), dtype=torch.int8)
        count = ctypes.c_uint64(values.numel())
        self.library.zerod_probe_split24(
            _pointer(values), count, _pointer(weights), _pointer(correction)
        )
        return weights, correction

    def join(self, weights, correction):
        values = torch.empty(weights.numel(), dtype=torch.float32)
        count = ctypes.c_uint64(weights.numel())
        self.library.zerod_probe_join24(
            _pointer(weights), _pointer(correction), count, _pointer(values)
        )
        return values


class AdamW:
    """An AdamW over bf16 weights and gradients on the GPU, with zeroed state of its own."""

    def __init__(self, probe, weights, gradients, codec):
        self.library = probe.library
        self.state = []
        descriptions = (_Tensor * len(weights))()
        for description, weight, gradient in zip(descriptions, weights, gradients):
            count = weight.numel()
            state = {
                "gradient": gradient,
                "weights": weight,
                "correction": torch.zeros(count, dtype=torch.int8, device="cuda"),
                "m": torch.zeros(count, dtype=torch.int8, device="cuda"),
                "v": torch.zeros(count, dtype=torch.uint8, device="cuda"),
                "scales": torch.zeros(count // 16, dtype=torch.int16, device="cuda"),
            }
            self.state.append(state)
            description.count = count
            for name, tensor in state.items():
                setattr(description, name, tensor.data_ptr())
        torch.cuda.synchronize()  # the library copies on a stream of its own
        self.handle = ctypes.c_void_p(
            self.library.zerod_probe_open(
                descriptions, ctypes.c_uint32(len(weights)), int(codec == "flash")
            )
        )
        if not self.handle:
            raise MemoryError("zerod_probe_open found no device memory")
        self.step_count = 0

    def step(self, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        self.step_count += 1
        settings = _Settings(lr, *betas, eps, weight_decay, self.step_count)
        stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
        error = self.library.zerod_probe_step(self.handle, ctypes.byref(settings), stream)
        if error != 0:
            raise RuntimeError(f"zerod_probe_step: CUDA error {error}")
