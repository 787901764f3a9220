"""What masters and the program see of the same memory."""

import numpy as np
import pytest
from pynq_vcm import DmaError


def noise(size, seed=1):
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


def test_a_copy_between_bindings_copies_every_byte(ctx, dma):
    with ctx.bind(100_000) as source, ctx.bind(100_000) as target:
        source.array()[:] = noise(100_000)
        assert dma.copy(source, target) == 100_000
        np.testing.assert_array_equal(target.array(), source.array())


def test_scattered_memory_is_one_array_and_one_range_of_addresses(ctx, dma):
    with ctx.bind(40_000, page=4096) as source, ctx.bind(40_000) as target:
        assert len(source.memory.parts) == 10
        words = source.array(np.uint32)
        words[:] = np.arange(words.size)
        dma.copy(source, target)
        np.testing.assert_array_equal(target.array(np.uint32), np.arange(10_000))


def test_neither_end_has_to_be_aligned(ctx, dma):
    with ctx.bind(0x9000, page=4096) as source, ctx.bind(0x9000, page=4096) as target:
        source.array()[:] = noise(0x9000)
        target.array()[:] = 0
        dma.copy(source.start + 0x7F4, target.start + 0x7F4, 0x6F28)
        expected = np.zeros(0x9000, np.uint8)
        part = slice(0x7F4, 0x7F4 + 0x6F28)
        expected[part] = source.array()[part]
        np.testing.assert_array_equal(target.array(), expected)


def test_an_array_has_the_type_and_the_shape_asked_for(ctx):
    with ctx.bind(3 * 4 * 8) as binding:
        array = binding.array(np.float64, (3, 4))
        assert (array.dtype, array.shape) == (np.float64, (3, 4))
        array[2, 3] = 1.5
        assert binding.array(np.float64)[-1] == 1.5
        assert np.shares_memory(array, np.asarray(binding))


def test_two_arrays_of_one_binding_are_the_same_memory(ctx):
    with ctx.bind(4096) as binding:
        one, other = binding.array(), binding.array()
        one[17] = 3
        assert other[17] == 3


def test_memory_bound_in_two_contexts_passes_from_one_master_to_another(iommu, ctx, dma):
    with iommu.context(streams=[1]) as other, iommu.channel(1) as second:
        shared = ctx.bind(8192)
        again = other.bind(shared, at=0x8123_4000)
        assert again.start == 0x8123_4000 != shared.start
        assert again.memory.parts == shared.memory.parts
        source, target = ctx.bind(8192), other.bind(8192)
        source.array()[:] = noise(8192)
        dma.copy(source, shared)
        second.copy(again, target)
        np.testing.assert_array_equal(target.array(), source.array())


def test_a_copy_that_is_refused_says_where(ctx, dma):
    with ctx.bind(4096) as source, ctx.reserve(4096) as nothing:
        with pytest.raises(DmaError) as refused:
            dma.copy(source, nothing.start, 64)
    assert refused.value.end == "destination"
    assert refused.value.at == nothing.start
    assert refused.value.copied == 0


def test_a_copy_between_addresses_needs_a_length(dma):
    with pytest.raises(TypeError, match="how many bytes"):
        dma.copy(0x8000_0000, 0x8000_1000)


def test_a_copy_without_context_is_refused(iommu, dma):
    with pytest.raises(DmaError, match="DECERR"):
        dma.copy(0x8000_0000, 0x8000_1000, 64)
    assert [fault.kind for fault in iommu.faults()] == ["UnmappedStream"]


def test_a_bypassed_stream_sees_physical_addresses(iommu, ctx):
    memory = ctx.alloc(4096, contiguous=True)
    ((physical, _),) = memory.parts
    array = memory.array()
    array[:64] = noise(64)
    with iommu.channel(2) as channel:
        iommu.bypass(channel.stream)
        channel.copy(physical, physical + 64, 64)
        iommu.terminate(channel.stream)
    np.testing.assert_array_equal(array[64:128], noise(64))
