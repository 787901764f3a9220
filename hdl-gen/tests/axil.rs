//! AXI4-Lite front end, registers and split, in rust-hdl's own simulation.

mod axil_host;

use axil_host::{settle, AxilHost, Done, OKAY, SLVERR};
use hdl_gen::axil::{AxilRegs, CfgReg, CmdReg, RoReg};
use rust_hdl::prelude::*;
use vcm_regs::{Access, FieldInfo, RegisterInfo};

const fn field(name: &'static str, lsb: u32, width: u32, access: Access, reset: u32) -> FieldInfo {
    FieldInfo {
        name,
        lsb,
        width,
        access,
        reset,
        values: &[],
        doc: "",
    }
}

/// One register with every kind of field.
static MIXED: RegisterInfo = RegisterInfo {
    name: "MIXED",
    offset: 0,
    count: 1,
    fields: &[
        field("RW", 0, 16, Access::ReadWrite, 0x1234),
        field("W1C", 16, 8, Access::WriteOneToClear, 0x81),
        field("RO", 24, 4, Access::ReadOnly, 0x5),
        field("WO", 28, 4, Access::WriteOnly, 0),
    ],
    doc: "",
};

const MIXED_AT: u16 = 0x4104;
const ID_AT: u16 = 0x4108;
const COMMAND_AT: u16 = 0x410C;

/// A register file of one register of each kind.
#[derive(LogicBlock)]
struct File {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub s_axil: hdl_gen::axi::AxilSlave<16>,
    pub set: Signal<In, Bits<32>>,
    pub go: Signal<Out, Bit>,
    pub command: Signal<Out, Bits<32>>,
    pub q: Signal<Out, Bits<32>>,
    front: AxilRegs,
    mixed: CfgReg,
    id: RoReg,
    cmd: CmdReg,
}

impl Default for File {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            s_axil: Default::default(),
            set: Default::default(),
            go: Default::default(),
            command: Default::default(),
            q: Default::default(),
            front: Default::default(),
            mixed: CfgReg::new(&MIXED, MIXED_AT.into()),
            id: RoReg::new(ID_AT.into()),
            cmd: CmdReg::new(&MIXED, COMMAND_AT.into()),
        }
    }
}

impl Logic for File {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, front, mixed);
        hdl_gen::axi::AxilSlave::<16>::link(&mut self.s_axil, &mut self.front.s_axil);
        self.front.reset.next = self.reset.val();
        self.front.hold.next = false;
        self.mixed.reset.next = self.reset.val();
        self.mixed.wr.next = self.front.wr.val();
        self.mixed.wr_addr.next = self.front.wr_addr.val();
        self.mixed.wr_data.next = self.front.wr_data.val();
        self.mixed.wr_mask.next = self.front.wr_mask.val();
        self.mixed.rd_addr.next = self.front.rd_addr.val();
        self.mixed.set.next = self.set.val();
        self.id.wr_addr.next = self.front.wr_addr.val();
        self.id.rd_addr.next = self.front.rd_addr.val();
        self.id.value.next = 0x5643_4D44.into();
        self.cmd.wr.next = self.front.wr.val();
        self.cmd.wr_addr.next = self.front.wr_addr.val();
        self.cmd.wr_data.next = self.front.wr_data.val();
        self.cmd.wr_mask.next = self.front.wr_mask.val();
        self.cmd.rd_addr.next = self.front.rd_addr.val();
        self.front.wr_ok.next =
            self.mixed.wr_hit.val() | self.id.wr_hit.val() | self.cmd.wr_hit.val();
        self.front.rd_ok.next =
            self.mixed.rd_hit.val() | self.id.rd_hit.val() | self.cmd.rd_hit.val();
        self.front.rd_data.next = self.mixed.rd_data.val() | self.id.rd_data.val();
        self.go.next = self.cmd.go.val();
        self.command.next = self.cmd.data.val();
        self.q.next = self.mixed.q.val();
    }
}

struct Bench {
    uut: Box<File>,
    host: AxilHost,
    commands: Vec<u32>,
}

impl Bench {
    fn new(seed: u64, eager: u64) -> Self {
        let mut uut = Box::new(File::default());
        uut.connect_all();
        check_all(uut.as_ref()).expect("rust-hdl's checks");
        let mut bench = Self {
            uut,
            host: AxilHost::new(seed, eager),
            commands: vec![],
        };
        bench.uut.reset.next = true;
        bench.cycle();
        bench.uut.reset.next = false;
        bench
    }
    fn cycle(&mut self) {
        self.host.drive(&mut self.uut.s_axil);
        self.uut.clock.next = false.into();
        settle(self.uut.as_mut());
        self.host.sample(&self.uut.s_axil);
        if self.uut.go.val() {
            self.commands.push(u64::from(self.uut.command.val()) as u32);
        }
        self.uut.clock.next = true.into();
        settle(self.uut.as_mut());
    }
    fn finish(&mut self) {
        for _ in 0..1000 {
            if self.host.idle() {
                return;
            }
            self.cycle();
        }
        panic!("accesses are not answered");
    }
    fn write(&mut self, address: u16, data: u32, strobes: u8) -> u8 {
        self.host.write(address, data, strobes);
        self.finish();
        match self.host.take() {
            Some(Done::Write { resp }) => resp,
            other => panic!("{other:?}"),
        }
    }
    fn read(&mut self, address: u16) -> (u8, u32) {
        self.host.read(address);
        self.finish();
        match self.host.take() {
            Some(Done::Read { resp, data }) => (resp, data),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn registers_follow_their_field_kinds_under_strobes() {
    for eager in [100, 30] {
        let mut b = Bench::new(7, eager);
        assert_eq!(b.read(MIXED_AT), (OKAY, 0x0581_1234));
        assert_eq!(b.write(MIXED_AT, 0xFFFF_ABCD, 0b0010), OKAY);
        assert_eq!(b.read(MIXED_AT), (OKAY, 0x0581_AB34));
        assert_eq!(b.write(MIXED_AT, 0xFF80_FFFF, 0b1100), OKAY);
        assert_eq!(b.read(MIXED_AT), (OKAY, 0x0501_AB34));
        b.uut.set.next = 0xF0F0_F0F0_u64.into();
        b.cycle();
        b.uut.set.next = 0.into();
        assert_eq!(b.read(MIXED_AT), (OKAY, 0x05F1_AB34));
        assert_eq!(b.write(MIXED_AT, 0, 0b1111), OKAY);
        assert_eq!(b.read(MIXED_AT + 1), (OKAY, 0x05F1_0000));
    }
}

#[test]
fn a_set_wins_over_a_clear() {
    let mut b = Bench::new(3, 100);
    b.uut.set.next = 0x0002_0000.into();
    assert_eq!(b.write(MIXED_AT, 0x00FF_0000, 0b1111), OKAY);
    assert_eq!(b.read(MIXED_AT), (OKAY, 0x0502_0000));
}

#[test]
fn read_only_and_command_registers() {
    let mut b = Bench::new(3, 60);
    assert_eq!(b.write(ID_AT, 5, 15), OKAY);
    assert_eq!(b.read(ID_AT), (OKAY, 0x5643_4D44));
    assert_eq!(b.write(COMMAND_AT, 0xFFFF_FFFF, 0b1000), OKAY);
    assert_eq!(b.write(COMMAND_AT, 0xFFFF_FFFF, 0b0111), OKAY);
    assert_eq!(b.read(COMMAND_AT), (OKAY, 0));
    assert_eq!(b.commands, [0xF000_0000, 0]);
}

#[test]
fn an_address_that_nobody_decodes_answers_slverr() {
    let mut b = Bench::new(3, 60);
    for address in [0, MIXED_AT - 4, COMMAND_AT + 4, 0xFFFC, MIXED_AT ^ 0x8000] {
        assert_eq!(b.write(address, 0xFFFF_FFFF, 15), SLVERR);
        assert_eq!(b.read(address), (SLVERR, 0));
    }
    assert_eq!(b.read(MIXED_AT), (OKAY, 0x0581_1234));
    assert!(b.commands.is_empty());
}

#[test]
fn reads_and_writes_share_the_file_fairly() {
    let mut b = Bench::new(3, 100);
    for _ in 0..20 {
        b.host.write(MIXED_AT, 0, 15);
        b.host.read(ID_AT);
    }
    b.finish();
    let mut lead = 0i32;
    while let Some(done) = b.host.take() {
        lead += if matches!(done, Done::Write { .. }) {
            1
        } else {
            -1
        };
        assert!(lead.abs() <= 2, "one direction is {lead} ahead");
    }
}

#[test]
fn a_read_passes_a_write_response_that_is_not_taken() {
    let mut b = Bench::new(3, 100);
    b.host.take_b = false;
    b.host.write(MIXED_AT, 0, 15);
    b.host.read(MIXED_AT);
    b.host.read(ID_AT);
    for _ in 0..20 {
        b.cycle();
    }
    assert!(matches!(b.host.take(), Some(Done::Read { .. })));
    assert!(matches!(b.host.take(), Some(Done::Read { .. })));
    assert_eq!(b.host.take(), None);
    b.host.take_b = true;
    b.finish();
    assert_eq!(b.host.take(), Some(Done::Write { resp: OKAY }));
}
