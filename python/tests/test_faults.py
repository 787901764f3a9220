"""What is refused is recorded and explained."""

import pytest
from pynq_vcm import DmaError


def refuse(dma, source, target):
    with pytest.raises(DmaError):
        dma.copy(source, target, 64)


def test_a_write_to_read_only_memory_is_a_permission_fault_and_changes_nothing(iommu, ctx, dma):
    with ctx.bind(4096) as source, ctx.bind(4096, write=False) as target:
        source.array()[:] = 1
        target.array()[:] = 2
        refuse(dma, source, target.start)
        (fault,) = iommu.faults()
        assert fault.kind.startswith("Permission")
        assert (fault.iova, fault.write, fault.stream) == (target.start, True, 0)
        assert fault.bank == ctx.bank
        assert "writing is not allowed" in ctx.blame(fault)
        assert (target.array() == 2).all()


def test_an_access_beyond_a_binding_is_explained(iommu, ctx, dma):
    source, target = ctx.bind(4096), ctx.bind(4096)
    guard = ctx.reserve(4096, at=target.start + 4096)
    refuse(dma, source, guard.start)
    (fault,) = iommu.faults()
    assert "nothing was ever bound" in ctx.blame(fault)
    assert "with no memory" in ctx.resolve(fault.iova)
    assert "outside" in ctx.resolve(0)


def test_the_page_table_has_what_was_bound(ctx):
    with ctx.bind(1 << 20) as section, ctx.bind(4096, write=False) as page:
        physical, size, write = ctx.walk(section.start + 0x123)
        assert (size, write) == (1 << 20, True)
        assert physical == section.memory.parts[0][0] + 0x123
        assert ctx.walk(page.start)[1:] == (4096, False)
        assert ctx.translate(page.start + 4) == page.memory.parts[0][0] + 4
    assert ctx.walk(0x8F00_0000) is None
    assert ctx.translate(0x8F00_0000) is None


def test_faults_can_be_waited_for(iommu, ctx, dma):
    assert iommu.wait_for_faults(timeout=1e-5) == []
    with ctx.bind(4096) as source:
        refuse(dma, source, 0x8FFF_0000)
    (fault,) = iommu.wait_for_faults(timeout=1e-3)
    assert fault.kind.startswith("Translation")
    assert str(fault.stream) in str(fault)


def test_counters_tell_hits_misses_and_walks(iommu, ctx, dma):
    with ctx.bind(64 << 10, page=4096) as source, ctx.bind(64 << 10, page=4096) as target:
        source.array()[:] = 0
        iommu.counters()
        begin = iommu.now()
        dma.copy(source, target)
        assert iommu.now() > begin
        counts = iommu.counters()
        assert counts.walks > 0 and counts.hits > counts.misses and counts.faults == 0
        assert counts.as_dict()["walks"] == counts.walks
        again = iommu.counters()
        assert again.hits == again.walks == 0


def test_a_context_that_is_not_active_lets_nothing_through(iommu, dma):
    ctx = iommu.context(streams=[0])
    source, target = ctx.bind(4096), ctx.bind(4096)
    refuse(dma, source, target)
    ctx.activate()
    assert dma.copy(source, target) == 4096
    ctx.deactivate()
    refuse(dma, source, target)
    assert len(iommu.faults()) == 2
    ctx.close()
    del source, target
