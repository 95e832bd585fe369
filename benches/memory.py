"""The most memory that a process takes while it runs."""

import resource
import subprocess
import threading
import time


def used() -> int:
    """Bytes in use on the first GPU, as the driver counts them."""
    command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id=0"]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout) << 20


class GpuPeak:
    """Watches from `with` to its end; `bytes` is the peak over what was in use before."""

    def __enter__(self) -> "GpuPeak":
        self.before, self.most, self.over = used(), 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self) -> None:
        while not self.over.is_set():
            self.most = max(self.most, used())
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        self.bytes = self.most - self.before


class ResidentPeak:
    """`bytes` is the largest resident set, as the kernel counts it, of this process or of the children that it has waited for."""

    def __init__(self, of: int) -> None:
        self.of = of

    def __enter__(self) -> "ResidentPeak":
        return self

    def __exit__(self, *_: object) -> None:
        # Linux counts it in KiB.
        self.bytes = resource.getrusage(self.of).ru_maxrss * 1024


def peak(device: str, of: int) -> GpuPeak | ResidentPeak:
    """Of a device; on the CPU of RUSAGE_SELF or RUSAGE_CHILDREN."""
    return ResidentPeak(of) if device == "cpu" else GpuPeak()
