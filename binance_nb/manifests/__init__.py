"""What the frames of a notebook were, and whether they still are."""

from __future__ import annotations

from binance_nb.manifests.canonical import Fingerprint, fingerprint
from binance_nb.manifests.comparing import Finding, State, compare
from binance_nb.manifests.executing import Failure
from binance_nb.manifests.manifest import (
    FrameFacts,
    Manifest,
    manifest_of,
    manifest_path,
    named_frames,
    read_manifest,
    says_the_same,
)
from binance_nb.manifests.running import Verdict, count_cells, judge_here, verify

__all__ = [
    "Failure",
    "Finding",
    "Fingerprint",
    "FrameFacts",
    "Manifest",
    "State",
    "Verdict",
    "compare",
    "count_cells",
    "fingerprint",
    "judge_here",
    "manifest_of",
    "manifest_path",
    "named_frames",
    "read_manifest",
    "says_the_same",
    "verify",
]
