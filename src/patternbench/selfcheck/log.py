"""The file of a study: what was asked for, then a line for everything that came of it, in the order in which it came.

Whatever ends a study, its file holds all but the line that was being written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from patternbench.errors import DocumentError
from patternbench.selfcheck.document import record
from patternbench.storage.json_lines import JsonLines, whole_lines

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Heading = TypeVar("_Heading")


@dataclass(frozen=True, slots=True)
class StudyLog:
    """Where a study is written down.

    Attributes:
        path: of the file; its folder is made with it.
        what: its lines in a word, "trials"; also names its version.
        version: of its format.
        command: starts such a study; said where there is none.
    """

    path: Path
    what: str
    version: int
    command: str

    def begin(self, heading: DataclassInstance) -> None:
        """Write the first line of a new study.

        Raises:
            FileExistsError: there is one already.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with JsonLines(self.path, anew=True) as lines:
            lines.append({"event": "study", self._version_key: self.version, **asdict(heading)})

    def lines(self) -> JsonLines:
        """The file, open for more lines; a context manager."""
        return JsonLines(self.path, anew=False)

    def read(self, kind: type[_Heading], take: Mapping[str, Callable[[dict[str, Any]], None]]) -> _Heading:
        """What the study was asked for.

        Args:
            kind: of the heading.
            take: by event, what is done with each of its lines.

        Raises:
            DocumentError: there is no study, its lines are damaged, or another version wrote them.
        """
        folder = self.path.parent.name
        heading: _Heading | None = None
        try:
            for line in whole_lines(self.path):
                event = line.pop("event")
                if event == "study":
                    heading = self._heading(kind, line)
                elif event in take:
                    take[event](line)
        except OSError as error:
            raise DocumentError(
                f"there are no {self.what} in {folder}", remedy=f"start with: {self.command}"
            ) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise DocumentError(f"the {self.what} in {folder} are damaged", remedy="start anew") from error
        if heading is None:
            raise DocumentError(f"the {self.what} in {folder} have no heading", remedy="start anew")
        return heading

    @property
    def _version_key(self) -> str:
        return f"{self.what}_version"

    def _heading(self, kind: type[_Heading], line: dict[str, Any]) -> _Heading:
        version = line.pop(self._version_key)
        if version != self.version:
            raise DocumentError(
                f"the {self.what} are of version {version}, this patternbench reads {self.version}",
                remedy="resume them with the version that wrote them",
            )
        return record(kind, line)
