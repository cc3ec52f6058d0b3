from __future__ import annotations

import pytest

from patternbench.places import without_folders, without_paths


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            'File "/home/me/venv/lib/python3.11/site-packages/httpx/_client.py", line 3',
            'File "httpx/_client.py", line 3',
        ),
        ("cannot open /home/me/secret.db", "cannot open secret.db"),
        ("in /usr/lib/python3.11/json/decoder.py:12", "in json/decoder.py:12"),
        ("~/suites/mine.py", "mine.py"),
        (r"C:\Users\me\suite.py failed", "suite.py failed"),
        ("file:///home/me/x.db", "x.db"),
        ("GET http://127.0.0.1:80/a/b", "GET http://127.0.0.1:80/a/b"),
        ("records/RecordConstruction", "records/RecordConstruction"),
        ("1/2 of ns/op", "1/2 of ns/op"),
        ("in /home/me/src/package/module.py:3", "in package/module.py:3"),
    ],
)
def test_paths_lose_what_is_of_the_machine(text: str, kept: str) -> None:
    assert without_paths(text) == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('File "/home/someone/suite/my.py", line 3', 'File "my.py", line 3'),
        ("no path here, 1/2 of it", "no path here, 1/2 of it"),
        ("http://127.0.0.1:80/a/b", "http://127.0.0.1:80/a/b"),
        ("OSError: /tmp/x/y", "OSError: y"),
        ("in /usr/lib/python3.11/json/decoder.py:12", "in decoder.py:12"),
    ],
)
def test_no_folder_of_the_machine_gets_into_a_document(text: str, expected: str) -> None:
    assert without_folders(text) == expected
