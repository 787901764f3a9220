"""The IOMMU of a PYNQ overlay.

PYNQ has loaded the bitstream and knows from its `.hwh` where the registers are; the driver gets at them
by the UIO device that the kernel has there.
"""

from ._vcm import Iommu

# The names in `vendor:library:name:version`, by which the tools know an IP: of our board design, of
# vcm_soc in a design of one's own, and of the IOMMU alone.
_NAMES = ("vcm_zynq_core", "vcm_soc", "vcm_iommu")


def device_of(overlay, ip=None):
    """The device (`uio:ADDRESS`) of an overlay's IOMMU.

    `ip` is its name in `overlay.ip_dict`; without one, there has to be exactly one IOMMU.
    """
    found = {
        name: entry
        for name, entry in overlay.ip_dict.items()
        if name == ip or (ip is None and _is_iommu(entry))
    }
    if len(found) != 1:
        there = ", ".join(sorted(overlay.ip_dict)) or "none"
        what = f"IP named {ip!r}" if ip else "VCM-IOMMU"
        how_many = "no" if not found else "more than one"
        raise LookupError(
            f"{how_many} {what} in this overlay; give its name as `ip`; there are: {there}"
        )
    (entry,) = found.values()
    return f"uio:{entry['phys_addr']:#x}"


def from_overlay(overlay, ip=None, *, memory=None, cached=False):
    """The IOMMU of an overlay that has been loaded.

        from pynq import Overlay
        iommu = from_overlay(Overlay("vcm.bit"))
    """
    return Iommu(device_of(overlay, ip), memory=memory, cached=cached)


def _is_iommu(entry):
    return any(part in _NAMES for part in entry.get("type", "").split(":"))
