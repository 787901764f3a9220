"""The hardware for the tests: simulated, or what VCM_TEST_DEVICE names."""

import gc
import os

import pytest
from pynq_vcm import Iommu


@pytest.fixture
def iommu():
    """An IOMMU; at the end no rule of its buses was broken and all memory has come back."""
    with Iommu(os.environ.get("VCM_TEST_DEVICE", "sim")) as iommu:
        free = iommu.free_bytes
        yield iommu
        gc.collect()  # what a traceback has held
        iommu.check()
        assert iommu.free_bytes == free, "memory was not given back"


@pytest.fixture
def ctx(iommu):
    """A context of the first channel's stream, active."""
    with iommu.context(streams=[0]) as ctx:
        yield ctx


@pytest.fixture
def dma(iommu):
    """The first channel of the DMA engine."""
    with iommu.channel(0) as channel:
        yield channel
