"""The most GPU memory that a process takes while it runs, as the driver counts it."""

import subprocess
import threading
import time


def used() -> int:
    """Bytes in use on the first GPU."""
    command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id=0"]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout) << 20


class Peak:
    """Watches from `with` to its end; `bytes` is the peak over what was in use before."""

    def __enter__(self) -> "Peak":
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
