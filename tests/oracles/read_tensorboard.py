"""Holds the event file in a folder against a run's metrics.jsonl, as TensorBoard itself reads it.

    read_tensorboard.py RUN [FOLDER]

RUN has metrics.jsonl, and FOLDER, RUN itself if not given, the event file. Every scalar must be there with its step and its value in
f32, every sample with its step and text, and nothing else. Fails with the first that is not.
"""

import json
import math
import struct
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

SCALARS = {
    "step": {"loss": "train/loss", "grad_norm": "train/grad_norm", "learning_rate": "train/learning_rate",
             "tokens_per_second": "train/tokens_per_second"},
    "evaluation": {"loss": "eval/loss", "accuracy": "eval/accuracy", "perplexity": "eval/perplexity"},
}


def f32(value):
    return math.nan if value is None else struct.unpack("f", struct.pack("f", value))[0]


def expected(run):
    scalars, samples = {}, []
    for line in (run / "metrics.jsonl").read_text().splitlines():
        event = json.loads(line)
        for field, tag in SCALARS.get(event["event"], {}).items():
            if field in event:
                scalars.setdefault(tag, []).append((event["step"], f32(event[field])))
        if event.get("f1"):
            scalars.setdefault("eval/f1", []).append((event["step"], f32(event["f1"]["macro_mean"])))
        if event["event"] == "sample":
            samples.append((event["step"], f"{event['prompt']} ▸ {event['text']}"))
    return scalars, samples


def main():
    run = Path(sys.argv[1])
    events = EventAccumulator(sys.argv[2] if len(sys.argv) > 2 else str(run), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    scalars, samples = expected(run)
    assert sorted(events.Tags()["scalars"]) == sorted(scalars), (events.Tags()["scalars"], sorted(scalars))
    for tag, values in scalars.items():
        read = [(e.step, e.value) for e in events.Scalars(tag)]
        assert repr(read) == repr(values), (tag, read[:3], values[:3])
        times = [e.wall_time for e in events.Scalars(tag)]
        assert times == sorted(times), f"the times of {tag} go back"
    assert events.Tags()["tensors"] == (["samples"] if samples else [])
    if samples:
        metadata = events.SummaryMetadata("samples")
        assert metadata.plugin_data.plugin_name == "text", metadata
        read = [(e.step, e.tensor_proto.string_val[0].decode()) for e in events.Tensors("samples")]
        assert read == samples, (read, samples)
    print(f"{sum(map(len, scalars.values()))} scalars of {len(scalars)} tags and {len(samples)} samples are as metrics.jsonl has them")


main()
