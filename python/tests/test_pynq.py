"""What PYNQ's own classes expect of us, and what is said when a board is not ready."""

import fcntl
import os

import numpy as np
import pytest
from pynq_vcm import Iommu, device_of, from_overlay


class Overlay:
    """As much of pynq.Overlay as is used."""

    def __init__(self, **ips):
        self.ip_dict = {
            name: {"type": kind, "phys_addr": at} for name, (kind, at) in ips.items()
        }


class AxiDmaChannel:
    """What pynq.lib.dma does with a buffer, before and after its master's work."""

    def transfer(self, array):
        array.flush()
        self.registers = (array.physical_address, array.nbytes)
        self.buffer = array

    def wait(self):
        self.buffer.invalidate()


SOC = ("vcm-iommu:vcm:vcm_zynq_core:0.1", 0x4000_0000)


def test_the_iommu_of_an_overlay_is_found_by_its_kind():
    overlay = Overlay(axi_gpio_0=("xilinx.com:ip:axi_gpio:2.0", 0x4120_0000), vcm=SOC)
    assert device_of(overlay) == "uio:0x40000000"


def test_an_iommu_of_several_is_named():
    overlay = Overlay(one=SOC, other=("vcm-iommu:vcm:vcm_iommu:0.1", 0x4001_0000))
    with pytest.raises(LookupError, match="more than one"):
        device_of(overlay)
    assert device_of(overlay, "other") == "uio:0x40010000"
    with pytest.raises(LookupError, match="no IP named 'third'.*one, other"):
        device_of(overlay, "third")


def test_an_overlay_without_one_says_what_it_has():
    with pytest.raises(LookupError, match="axi_gpio_0"):
        device_of(Overlay(axi_gpio_0=("xilinx.com:ip:axi_gpio:2.0", 0x4120_0000)))


def test_a_binding_can_be_given_to_a_driver_of_pynq(ctx):
    channel = AxiDmaChannel()
    with ctx.bind(1000) as binding:
        channel.transfer(binding)
        channel.wait()
        assert channel.registers == (binding.start, 1000) == (binding.device_address, 1000)


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A board's /sys and /dev, with nothing there."""
    for variable, folder in (("VCM_SYS", "sys"), ("VCM_DEV", "dev")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / folder))
    return tmp_path


def add_uio(board, name="fabric", at=0x4000_0000):
    maps = board / "sys/class/uio/uio0/maps/map0"
    maps.mkdir(parents=True)
    (maps.parent.parent / "name").write_text(f"{name}\n")
    (maps / "addr").write_text(f"{at:#010x}\n")
    (maps / "size").write_text("0x00010000\n")
    (maps / "offset").write_text("0x0\n")
    # As the driver asks of what it maps, nobody can make it smaller.
    file = os.memfd_create("uio0", os.MFD_ALLOW_SEALING)
    os.ftruncate(file, 0x1_0000)
    fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    (board / "dev/uio0").symlink_to(f"/proc/self/fd/{file}")


def add_buffer(board, name="udmabuf0"):
    folder = board / "sys/class/u-dma-buf" / name
    folder.mkdir(parents=True)
    (folder / "phys_addr").write_text("0x0000000010000000\n")
    (folder / "size").write_text("67108864\n")


@pytest.mark.parametrize("device", ["uio:fabric", "uio:0x40000000", None])
def test_a_board_without_uio_is_told_of_the_device_tree(board, device):
    with pytest.raises(OSError, match="generic-uio.*there are: none"):
        Iommu(device)


def test_a_board_without_a_buffer_is_told_of_the_module(board):
    add_uio(board)
    with pytest.raises(OSError, match="modprobe u-dma-buf udmabuf0"):
        Iommu()


def test_the_buffers_that_there_are_are_named(board):
    add_uio(board)
    add_buffer(board, "mine")
    with pytest.raises(OSError, match="udmabuf7.*there are: mine"):
        Iommu(memory="udmabuf:udmabuf7")


def test_a_device_that_may_not_be_opened_is_told_of_rights(board):
    add_uio(board)
    add_buffer(board)
    with pytest.raises(OSError, match="udmabuf0.*run as root"):
        from_overlay(Overlay(vcm=SOC))


def test_dev_mem_is_told_of_uio(board):
    with pytest.raises(OSError, match="run as root, or use UIO"):
        Iommu("devmem:0x40000000")


@pytest.mark.parametrize("name", ["", "uio", "uio:", "sim:", "devmem:", "pci:1"])
def test_what_is_no_device_is_refused_with_those_there_are(name):
    with pytest.raises(ValueError, match="is no device: .*, or sim for the simulator"):
        Iommu(name)


def test_the_environment_names_the_device(monkeypatch):
    monkeypatch.setenv("VCM_DEVICE", "sim")
    with Iommu() as iommu:
        assert iommu.device == "sim"
        assert iommu.features["contexts"] == 8
        assert iommu.features["dma_channels"] > 2


def test_numpy_takes_a_binding_for_an_array(ctx):
    with ctx.bind(16) as binding:
        assert np.asarray(binding).shape == (16,)
        assert np.array(binding, dtype=np.int64).dtype == np.int64
