"""VCM-IOMMU for PYNQ: scattered memory as one contiguous, protected range of addresses.

    from pynq_vcm import Iommu

    with Iommu("sim") as iommu, iommu.context(streams=[0]) as ctx, iommu.channel(0) as dma:
        source, target = ctx.bind(100_000), ctx.bind(100_000)
        source.array()[:] = 7
        dma.copy(source, target)
        assert (target.array() == 7).all()

`"sim"` is the hardware itself, simulated in this process; on a board leave it out.
"""

from ._vcm import (
    HAS_SIMULATOR,
    Binding,
    Channel,
    Context,
    Counters,
    DmaError,
    Fault,
    Iommu,
    Memory,
    Reservation,
    VcmError,
    __version__,
)
from .overlay import device_of, from_overlay

__all__ = [
    "HAS_SIMULATOR",
    "Binding",
    "Channel",
    "Context",
    "Counters",
    "DmaError",
    "Fault",
    "Iommu",
    "Memory",
    "Reservation",
    "VcmError",
    "__version__",
    "device_of",
    "from_overlay",
]
