"""Draws what sweep.py measured, and prints the table of docs/known-result.md. Needs Python's standard library only.

    python benches/known_result/plot.py benches/known_result/sweep.csv docs/known-result
"""

import csv
import math
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 40, 56
STYLE = """text{font:13px sans-serif;fill:#24292f}.title{font-size:15px;font-weight:bold}.grid{stroke:#8c959f;stroke-opacity:.3}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}}"""

# (method, targets, rank): label, colour. The colours are told apart on white and on black.
RATES = {
    ("full", "all", 0): ("full fine-tuning", "#e0632b"),
    ("lora", "all-linear", 1): ("LoRA, rank 1", "#a371d6"),
    ("lora", "all-linear", 4): ("LoRA, rank 4", "#4a86e8"),
    ("lora", "all-linear", 16): ("LoRA, rank 16", "#1f9ea8"),
    ("lora", "all-linear", 64): ("LoRA, rank 64", "#4a9e3f"),
}
TARGETS = {
    ("lora", "attention", 16): ("LoRA on attention, rank 16", "#e0632b"),
    ("lora", "attention", 40): ("LoRA on attention, rank 40", "#c9920e"),
    ("lora", "all-linear", 4): ("LoRA on all linear layers, rank 4", "#4a86e8"),
    ("lora", "all-linear", 16): ("LoRA on all linear layers, rank 16", "#1f9ea8"),
}


class Curve:
    """The losses of one method, by rate and seed."""

    def __init__(self):
        self.losses = defaultdict(dict)
        self.trainable = 0

    def points(self, seed=None):
        """(rate, loss) in the order of the rates; the mean over the seeds, or one seed's."""
        if seed is None:
            return sorted((rate, mean(by.values())) for rate, by in self.losses.items())
        return sorted((rate, by[seed]) for rate, by in self.losses.items() if seed in by)

    def seeds(self):
        return sorted(set().union(*self.losses.values()))

    def best(self):
        """The measured rate with the smallest mean loss."""
        return min(self.points(), key=lambda point: point[1])[0]

    def vertex(self, seed=None):
        """The rate at the lowest point of the parabola, over the logarithm of the rate, through the best point and its neighbours."""
        points = self.points(seed)
        at = min(range(len(points)), key=lambda i: points[i][1])
        if not 0 < at < len(points) - 1:
            raise SystemExit("the best rate is at the end of the grid: measure further")
        (x0, y0), (x1, y1), (x2, y2) = ((math.log(rate), loss) for rate, loss in points[at - 1 : at + 2])
        left, right = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)
        bend = (right - left) / (x2 - x0)
        return math.exp((x0 + x1) / 2 - left / (2 * bend))


def read(path):
    curves = defaultdict(Curve)
    with path.open() as file:
        for row in csv.DictReader(file):
            try:
                loss = float(row["last"])
            except ValueError:  # A run that diverged has the word in place of a loss.
                continue
            curve = curves[row["method"], row["targets"], int(row["rank"])]
            curve.losses[float(row["lr"])][int(row["seed"])] = loss
            curve.trainable = int(row["trainable"])
    return curves


def chart(curves, styles, title, rates, losses, step):
    """An SVG over `rates` and `losses`, each (lowest, highest); a curve that leaves them is cut off."""
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(rate):
        return LEFT + inner_width * math.log(rate / rates[0]) / math.log(rates[1] / rates[0])

    def y(loss):
        return TOP + inner_height * (losses[1] - loss) / (losses[1] - losses[0])

    def path(points):
        return " ".join(f"{x(rate):.1f},{y(loss):.1f}" for rate, loss in points)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title}</title><style>{STYLE}</style>",
        f'<clipPath id="frame"><rect x="{LEFT}" y="{TOP}" width="{inner_width}" height="{inner_height}"/></clipPath>',
        f'<text class="title" x="{LEFT}" y="24">{title}</text>',
    ]
    for i in range(round((losses[1] - losses[0]) / step) + 1):
        loss = losses[0] + i * step
        out.append(f'<path class="grid" d="M{LEFT} {y(loss):.1f}h{inner_width}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(loss) + 4:.1f}" text-anchor="end">{loss:.1f}</text>')
    for digit in (f"{n}e{power}" for power in range(-5, 0) for n in (1, 2, 5)):
        if rates[0] <= float(digit) <= rates[1]:
            out.append(f'<path class="grid" d="M{x(float(digit)):.1f} {TOP}v{inner_height}"/>')
            out.append(f'<text x="{x(float(digit)):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{digit}</text>')
    out.append(f'<text x="{LEFT + inner_width / 2}" y="{HEIGHT - 12}" text-anchor="middle">peak learning rate</text>')
    middle = TOP + inner_height / 2
    out.append(f'<text transform="translate(16 {middle})rotate(-90)" text-anchor="middle">loss on held-out text</text>')
    for line, (key, (label, colour)) in enumerate(styles.items()):
        curve = curves[key]
        points, best = curve.points(), curve.best()
        band = [(rate, max(curve.losses[rate].values())) for rate, _ in points]
        band += [(rate, min(curve.losses[rate].values())) for rate, _ in reversed(points)]
        out.append(f'<g clip-path="url(#frame)" fill="{colour}" stroke="{colour}">')
        out.append(f'<polygon points="{path(band)}" fill-opacity=".25" stroke="none"/>')
        out.append(f'<polyline points="{path(points)}" fill="none" stroke-width="2"/>')
        for rate, loss in points:
            out.append(f'<circle cx="{x(rate):.1f}" cy="{y(loss):.1f}" r="3"/>')
            if rate == best:
                out.append(f'<circle cx="{x(rate):.1f}" cy="{y(loss):.1f}" r="8" fill="none" stroke-width="2"/>')
        out.append("</g>")
        row = TOP + 22 + 20 * line
        out.append(f'<path d="M{LEFT + 14} {row - 4}h24" stroke="{colour}" stroke-width="3"/>')
        out.append(f'<text x="{LEFT + 46}" y="{row}">{label}: {curve.trainable:,} weights</text>')
    return "\n".join([*out, "</svg>", ""])


def table(curves):
    yield "| trains | weights | best rate of the grid | interpolated (range over seeds) | loss there, mean (range over seeds) |"
    yield "|---|---|---|---|---|"
    attention = {key: style for key, style in TARGETS.items() if key not in RATES}
    for key, (label, _) in (RATES | attention).items():
        curve = curves[key]
        vertices = [curve.vertex(seed) for seed in curve.seeds()]
        losses = curve.losses[curve.best()].values()
        interpolated = f"{curve.vertex():.2e} ({min(vertices):.2e} to {max(vertices):.2e})"
        spread = f"{mean(losses):.3f} ({min(losses):.3f} to {max(losses):.3f})"
        yield f"| {label} | {curve.trainable:,} | {curve.best():.0e} | {interpolated} | {spread} |"


def ratios(curves):
    """Each rank's interpolated best rate over that of full fine-tuning: of the means, then of each seed."""
    full = curves["full", "all", 0]
    for key, (label, _) in RATES.items():
        if key[0] == "lora":
            each = [curves[key].vertex(seed) / full.vertex(seed) for seed in full.seeds()]
            of_means = curves[key].vertex() / full.vertex()
            yield f"{label}: {of_means:.1f} times full fine-tuning's ({min(each):.1f} to {max(each):.1f})"


def main():
    curves, out = read(Path(sys.argv[1])), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    title = "Loss after 200 updates, by learning rate"
    (out / "rates.svg").write_text(chart(curves, RATES, title, (8e-5, 1.2e-2), (3.5, 4.4), 0.1))
    title = "LoRA on all linear layers and on attention alone"
    (out / "targets.svg").write_text(chart(curves, TARGETS, title, (9e-4, 1.2e-2), (3.6, 4.4), 0.1))
    print(*table(curves), "", *ratios(curves), sep="\n")


if __name__ == "__main__":
    main()
