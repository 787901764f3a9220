"""The way to a board's hardware, with files in its place: registers that say what they are, and memory."""

import fcntl
import json
import os
import pathlib
import struct

import numpy as np
import pytest
from pynq_vcm import DmaError, Iommu

WINDOW, WINDOW_SIZE = 0x4000_0000, 0x1_0000
MEMORY, MEMORY_SIZE = 0x1000_0000, 4 << 20
REGISTERS = pathlib.Path(__file__).parents[2] / "driver/regs/export/vcm_regs.json"


class Files:
    """/sys and /dev of a board. A node is a file in memory that nobody can shrink, as the driver asks."""

    def __init__(self, folder):
        self.folder = folder
        self.nodes = {}
        (folder / "dev").mkdir()
        buffer = folder / "sys/class/u-dma-buf/udmabuf0"
        buffer.mkdir(parents=True)
        (buffer / "phys_addr").write_text(f"{MEMORY:#018x}\n")
        (buffer / "size").write_text(f"{MEMORY_SIZE}\n")
        for name in ("sync_offset", "sync_size", "sync_direction", "sync_for_device", "sync_for_cpu"):
            (buffer / name).write_text("0")
        self.buffer = buffer
        self.node("udmabuf0", MEMORY_SIZE)
        self.node("mem", WINDOW + WINDOW_SIZE)

    def node(self, name, size):
        file = os.memfd_create(name, os.MFD_ALLOW_SEALING)
        os.ftruncate(file, size)
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
        (self.folder / "dev" / name).symlink_to(f"/proc/self/fd/{file}")
        self.nodes[name] = file

    def write(self, offset, value):
        os.pwrite(self.nodes["mem"], struct.pack("<I", value), WINDOW + offset)

    def close(self):
        for file in self.nodes.values():
            os.close(file)


@pytest.fixture
def files(tmp_path, monkeypatch):
    files = Files(tmp_path)
    monkeypatch.setenv("VCM_SYS", str(tmp_path / "sys"))
    monkeypatch.setenv("VCM_DEV", str(tmp_path / "dev"))
    yield files
    files.close()


@pytest.fixture
def board(files):
    """With registers that read as after reset."""
    blocks = {block["name"]: block for block in json.loads(REGISTERS.read_text())["blocks"]}
    for name, start in (("GLOBAL", 0), ("DMA", 0x4000)):
        for register in blocks[name]["registers"]:
            if "IDR" in register["name"]:
                files.write(start + register["offset"], register["reset"])
    return files


def test_another_bitstream_is_refused_with_what_was_read(files):
    files.write(0, 0xDEAD_BEEF)
    with pytest.raises(OSError, match="IDR0 reads 0xdeadbeef, not 0x56434d31"):
        Iommu("devmem:0x40000000")


def test_another_version_is_refused(board):
    board.write(4, 0x0002_0000)
    with pytest.raises(OSError, match="register interface 2.0, this driver knows 1"):
        Iommu("devmem:0x40000000")


def test_a_binding_is_in_the_memory_of_u_dma_buf(board):
    with Iommu("devmem:0x40000000") as iommu, iommu.context(streams=[0]) as ctx:
        assert iommu.features["contexts"] == 8
        with ctx.bind(20_000, page=4096) as binding:
            binding.array()[:] = np.arange(20_000) % 251
            binding.flush()
            bytes_of = [
                os.pread(board.nodes["udmabuf0"], size, at - MEMORY)
                for at, size in binding.memory.parts
            ]
            assert b"".join(bytes_of)[:20_000] == binding.array().tobytes()
            assert all(MEMORY <= at < MEMORY + MEMORY_SIZE for at, _ in binding.memory.parts)


def test_a_copy_that_never_ends_is_given_up(board):
    with Iommu("devmem:0x40000000") as iommu, iommu.context(streams=[0]) as ctx:
        with iommu.channel(0) as dma, ctx.bind(64) as source, ctx.bind(64) as target:
            with pytest.raises(DmaError) as late:
                dma.copy(source, target, timeout=0.01)
            assert late.value.errno == 110


def test_a_cached_buffer_is_handed_over_by_its_files(board):
    with Iommu("devmem:0x40000000", cached=True) as iommu, iommu.context() as ctx:
        with ctx.bind(4096) as binding:
            ((at, size),) = binding.memory.parts
            binding.flush()
            assert int((board.buffer / "sync_offset").read_text()) == at - MEMORY
            assert int((board.buffer / "sync_size").read_text()) == size
            assert (board.buffer / "sync_for_device").read_text() == "1"


def test_a_cached_buffer_whose_files_cannot_be_written_is_told_of(board):
    (board.buffer / "sync_for_cpu").unlink()
    (board.buffer / "sync_for_cpu").mkdir()
    with Iommu("devmem:0x40000000", cached=True) as iommu, iommu.context() as ctx:
        with ctx.bind(4096) as binding, pytest.raises(OSError, match="have to be writable"):
            binding.invalidate()
