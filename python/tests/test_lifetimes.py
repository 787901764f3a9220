"""When memory, addresses and contexts are given back."""

import gc

import numpy as np
import pytest
from pynq_vcm import DmaError, Iommu, VcmError


def test_an_array_keeps_its_memory_when_everything_else_is_gone():
    with Iommu("sim") as iommu, iommu.context(streams=[0]) as ctx:
        binding = ctx.bind(100_000, page=4096)
        array = binding.array(np.uint32)
        array[:] = 0x5A5A_5A5A
    del iommu, ctx, binding
    gc.collect()
    array[1] = 7
    assert array[0] == 0x5A5A_5A5A and array[1] == 7


def test_memory_under_an_array_is_not_given_to_others(iommu, ctx):
    free = iommu.free_bytes
    binding = ctx.bind(4096)
    array = binding.array()
    binding.close()
    assert iommu.free_bytes == free - 4096
    del binding, array
    assert iommu.free_bytes == free


def test_no_master_reaches_what_was_closed(iommu, ctx, dma):
    binding, source = ctx.bind(4096), ctx.bind(4096)
    start = binding.start
    dma.copy(source, start)
    binding.close()
    with pytest.raises(DmaError):
        dma.copy(source, start, 64)
    assert [fault.iova for fault in iommu.faults()] == [start]
    with pytest.raises(ValueError, match="given back already"):
        binding.start
    binding.close()


def test_a_context_gives_back_what_was_made_in_it(iommu):
    free = iommu.free_bytes
    with iommu.context(streams=[0]) as ctx:
        ctx.bind(1 << 20)
        binding, reserved = ctx.bind(4096), ctx.reserve(4096)
        assert ctx.active
    assert not ctx.active
    with pytest.raises(ValueError):
        binding.array()
    reserved.close()
    del binding
    assert iommu.free_bytes == free


def test_all_banks_can_be_used_again_and_again(iommu):
    banks = iommu.features["contexts"]
    for _ in range(2):
        contexts = [iommu.context() for _ in range(banks)]
        with pytest.raises(VcmError) as none_left:
            iommu.context()
        assert none_left.value.errno == 16
        for ctx in contexts:
            ctx.close()


def test_a_stream_has_one_context_only(iommu, ctx):
    with pytest.raises(VcmError):
        iommu.context(streams=[0])
    with pytest.raises(VcmError):
        iommu.context(streams=[1000])


def test_a_channel_is_taken_until_it_is_closed(iommu, dma):
    with pytest.raises(DmaError) as taken:
        iommu.channel(0)
    assert taken.value.errno == 16
    dma.close()
    iommu.channel(0).close()


def test_a_reservation_takes_memory_and_gives_it_back(ctx):
    reserved = ctx.reserve(8192, align=1 << 16)
    assert reserved.start % (1 << 16) == 0
    memory = ctx.alloc(8192)
    memory.array()[:] = 9
    binding = reserved.bind(memory)
    with pytest.raises(ValueError, match="given back already"):
        reserved.bind(memory)
    assert binding.start == reserved.start
    assert (binding.array() == 9).all()
    reserved, memory = binding.unbind()
    reserved.bind(memory).close()


def test_memory_that_is_too_large_for_a_reservation_leaves_it_as_it_was(ctx):
    reserved, memory = ctx.reserve(4096), ctx.alloc(8192)
    with pytest.raises(VcmError) as too_large:
        reserved.bind(memory)
    assert too_large.value.errno == 28
    reserved.close()


@pytest.mark.parametrize("size", [0, 1 << 30])
def test_memory_that_there_is_not_is_refused(ctx, size):
    with pytest.raises(VcmError):
        ctx.bind(size)


@pytest.mark.parametrize("size", [-1, 1 << 32, 1.5, "many"])
def test_what_is_no_size_is_refused(ctx, size):
    with pytest.raises((TypeError, OverflowError)):
        ctx.bind(size)


def test_addresses_in_use_are_refused(ctx):
    with ctx.bind(4096, at=0x8000_0000):
        with pytest.raises(VcmError) as in_use:
            ctx.bind(4096, at=0x8000_0000)
        assert in_use.value.errno == 98


def test_a_closed_iommu_says_so():
    iommu = Iommu("sim")
    iommu.close()
    with pytest.raises(ValueError, match="the IOMMU was given back"):
        iommu.features
