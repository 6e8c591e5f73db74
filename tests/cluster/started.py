"""Whatever starts and stops as a whole."""

from abc import ABC, abstractmethod
from typing import Self


class Started(ABC):
    """Use as a context manager: what started only in part is stopped too."""

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def stop(self) -> None: ...
