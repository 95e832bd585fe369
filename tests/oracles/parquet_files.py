"""Writes Parquet files as `datasets.Dataset.to_parquet` does, through pyarrow, into a folder.

chats.parquet      snappy; `messages` is a list of structs, all of which have all fields, null where a message lacks one
pairs.parquet      zstd, two row groups, dictionary pages; `prompt` and `completion`
labels.parquet     gzip; `sentence` as plain bytes without the annotation that they are text, and `label`, an integer
"""

import argparse
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("dest", type=pathlib.Path)
dest = parser.parse_args().dest

call = {"type": "function", "function": {"name": "now", "arguments": "{}"}}
chats = [
    [
        {"role": "user", "content": "Time?", "tool_calls": None},
        {"role": "assistant", "content": None, "tool_calls": [call]},
    ],
    [
        {"role": "user", "content": "Who?", "tool_calls": None},
        {"role": "assistant", "content": "Emma.", "tool_calls": None},
    ],
]
pq.write_table(pa.table({"messages": chats, "id": [1, 2]}), dest / "chats.parquet", compression="snappy")

pairs = pa.table({"prompt": ["Who?", "And?", "Who?"], "completion": [" Emma.", " Jane.", " Élise."]})
pq.write_table(pairs, dest / "pairs.parquet", compression="zstd", row_group_size=2)

labels = pa.table({"sentence": pa.array([b"good", "süß".encode()], pa.binary()), "label": [1, 0]})
pq.write_table(labels, dest / "labels.parquet", compression="gzip")
