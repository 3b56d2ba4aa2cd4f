"""Search by meaning over the collection's vectors, and the checkpoint that makes opening fast."""

from index.store.protocols import Vectors
from index.vectors.checkpoint import (
    Checkpoint,
    is_whole,
    load_checkpoint,
    read_manifest,
    write_checkpoint,
)
from index.vectors.faiss_engine import FaissVectors

__all__ = [
    "Checkpoint",
    "FaissVectors",
    "Vectors",
    "is_whole",
    "load_checkpoint",
    "read_manifest",
    "write_checkpoint",
]
