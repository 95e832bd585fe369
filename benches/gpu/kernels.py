"""The kernels of a GPU beside PyTorch's on the same card, as a table in Markdown.

    cargo bench --target-dir target/cuda -p graftwork-kernels --features cuda --bench gpu > OURS
    python benches/gpu/kernels.py OURS

For each line of OURS the operation of PyTorch that its users have: flash attention where it takes the mask and the memory-efficient
one with a mask where it does not, PEFT's two products for a low-rank path, fused AdamW. Median of seven, each of many passes in
a row, with the GPU's own clock. The ratio is PyTorch's time over ours: above 1 ours is faster.
"""

import json
import statistics
import sys
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

BF16 = torch.bfloat16
Pass = Callable[[], object]


def draw(*shape: int, dtype: torch.dtype = BF16, grad: bool = True) -> torch.Tensor:
    return (torch.randn(*shape, device="cuda") * 0.1).to(dtype).requires_grad_(grad)


def microseconds(run: Pass) -> float:
    def timed(passes: int) -> float:
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(passes):
            run()
        end.record()
        end.synchronize()
        return 1e3 * start.elapsed_time(end) / passes

    timed(3)
    passes = max(5, int(20_000 / timed(5)) + 1)
    return statistics.median(timed(passes) for _ in range(7))


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


def attention(s: dict) -> tuple[Callable[..., torch.Tensor], list[torch.Tensor]]:
    shape = (s["rows"], s["length"])
    inputs = [draw(*shape, s[heads], s["head_dim"]) for heads in ("heads", "kv_heads", "kv_heads")]
    place = torch.arange(s["length"], device="cuda")
    back = place[:, None] - place
    mask = None
    if "window" in s:
        mask = (back >= 0) & (back < s["window"])
    if "segment" in s:
        mask = (back >= 0) & (place[:, None] // s["segment"] == place // s["segment"])
    backend = SDPBackend.FLASH_ATTENTION if mask is None else SDPBackend.EFFICIENT_ATTENTION

    def run(*qkv: torch.Tensor) -> torch.Tensor:
        q, k, v = (t.transpose(1, 2) for t in qkv)
        if mask is not None and k.shape[1] != q.shape[1]:  # as Transformers does for a kernel without groups
            k, v = (t.repeat_interleave(q.shape[1] // t.shape[1], dim=1) for t in (k, v))
        with sdpa_kernel(backend):
            return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None, enable_gqa=mask is None)

    return run, inputs


def operation(op: str, s: dict) -> tuple[Callable[..., torch.Tensor], list[torch.Tensor]]:
    match op:
        case "linear":
            return F.linear, [draw(s["tokens"], s["in"]), draw(s["out"], s["in"])]
        case "linear_low_rank":
            weight = draw(s["out"], s["in"], grad=False)
            inputs = [draw(s["tokens"], s["in"]), draw(s["rank"], s["in"]), draw(s["out"], s["rank"])]
            return lambda x, a, b: F.linear(x, weight) + F.linear(F.linear(x, a), b) * 2.0, inputs
        case "attention":
            return attention(s)
        case "linear_cross_entropy":
            head = draw(s["vocabulary"], s["hidden"], grad=False)
            targets = torch.arange(s["tokens"], device="cuda") * 7919 % s["vocabulary"]
            return lambda h: F.cross_entropy(F.linear(h, head).float(), targets), [draw(s["tokens"], s["hidden"])]
        case "rms_norm":
            return lambda x, w: F.rms_norm(x, (s["width"],), w, 1e-5), [draw(s["tokens"], s["width"]), draw(s["width"])]
        case "layer_norm":
            inputs = [draw(s["tokens"], s["width"]), draw(s["width"]), draw(s["width"])]
            return lambda x, w, b: F.layer_norm(x, (s["width"],), w, b, 1e-5), inputs
        case "rotary":
            cos, sin = (draw(s["length"], s["head_dim"], grad=False) for _ in range(2))
            x = draw(s["rows"], s["length"], s["heads"], s["head_dim"])
            return lambda x: rotate(x.transpose(1, 2), cos, sin), [x]
        case "swiglu":
            return lambda g, u: F.silu(g) * u, [draw(s["tokens"], s["width"]) for _ in range(2)]
        case "gelu":
            return lambda x: F.gelu(x, approximate="tanh"), [draw(s["tokens"], s["width"])]
    raise ValueError(f"no operation of PyTorch is known for {op}")


def of_parameters(op: str, s: dict) -> Pass:
    parameters = [draw(s["rows"], s["columns"], dtype=torch.float32) for _ in range(s["tensors"])]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    if op == "adamw":
        return torch.optim.AdamW(parameters, lr=1e-4, fused=True).step
    return lambda: torch.nn.utils.get_total_norm([p.grad for p in parameters], foreach=True)


def theirs(op: str, shape: dict, which: str) -> float:
    if op in ("adamw", "global_norm"):
        return microseconds(of_parameters(op, shape))
    run, inputs = operation(op, shape)
    if which == "both":
        return microseconds(lambda: torch.autograd.grad(run(*inputs), inputs))
    if which == "forward":
        with torch.no_grad():
            return microseconds(lambda: run(*inputs))
    result = run(*inputs)
    gradient = torch.ones_like(result)  # as ours starts
    return microseconds(lambda: torch.autograd.grad(result, inputs, gradient, retain_graph=True))


def main() -> None:
    print("| operation | shape | pass | ours, µs | PyTorch, µs | PyTorch / ours |")
    print("|---|---|---|---|---|---|")
    with open(sys.argv[1], encoding="utf-8") as lines:
        measured = [json.loads(line) for line in lines if line.startswith("{")]
    for line in measured:
        op, shape, which, ours = line["op"], line["shape"], line["pass"], line["microseconds"]
        torch.cuda.empty_cache()
        peer = theirs(op, shape, which)
        sizes = ", ".join(f"{name} {size}" for name, size in shape.items())
        print(f"| {op} | {sizes} | {which} | {ours:.0f} | {peer:.0f} | {peer / ours:.2f} |", flush=True)


if __name__ == "__main__":
    main()
