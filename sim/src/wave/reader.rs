//! Reading a waveform from its beginning to its end, for whoever wants to know what went on.

use super::account::{Account, Doing};
use super::burst::{Burst, BurstEvent, BurstTracker};
use super::device::{Device, Told};
use super::discover::Channel;
use super::error::WaveError;
use super::player::{Ending, Tick, Visitor, Wave};
use super::transaction::{End, FaultEvent, RegisterAccess, Transaction, Walk};
use super::wires::Wires;

/// Is told what goes on in a waveform, in the order in which it becomes known. Whatever is not wanted
/// need not be taken.
pub trait Listener {
    /// A transaction through an IOMMU; they come in the order of their numbers.
    fn transaction(&mut self, _transaction: Transaction) {}

    /// A transaction of a port that is of no IOMMU: index of [`Layout::ports`](super::Layout::ports).
    /// They come in the order in which they end.
    fn burst(&mut self, _port: usize, _burst: Burst) {}

    /// A table walk that is over.
    fn walk(&mut self, _walk: Walk) {}

    /// A fault.
    fn fault(&mut self, _fault: FaultEvent) {}

    /// An access of registers of an IOMMU.
    fn register(&mut self, _access: RegisterAccess) {}

    /// Whether the ports of IOMMUs are to be told one by one, too, like others.
    fn wants_all_ports(&self) -> bool {
        false
    }

    /// Whether to go on; asked after every cycle.
    fn goes_on(&self) -> bool {
        true
    }
}

/// What is known of a waveform when it has been read.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How reading ended.
    pub ending: Ending,
    /// The accounts of IOMMUs, by index of [`Layout::devices`](super::Layout::devices).
    pub devices: Vec<Account>,
    /// The accounts of other ports, by index of [`Layout::ports`](super::Layout::ports).
    pub ports: Vec<Account>,
    /// Answers, and bursts on `m_axi`, that belong to nothing in the recording.
    pub strays: u64,
    /// Cycles of the recording that are missing within it, and in how many places.
    pub gaps: (u64, u64),
    /// Cycles in which a VALID or READY was X or Z.
    pub unknown_handshakes: u64,
    /// The first of them: port, channel, cycle.
    pub first_unknown: Option<(usize, Channel, u64)>,
}

/// A port that is of no IOMMU.
#[derive(Debug)]
struct Bus {
    port: usize,
    clock: usize,
    tracker: BurstTracker,
    account: Account,
}

impl Bus {
    fn step(&mut self, cycle: u64, wires: &Wires, events: &mut Vec<BurstEvent>) {
        let port = &wires.ports[self.port];
        self.tracker.step(cycle, port, events);
        for write in [false, true] {
            let (data, answer) = if write {
                (port.channel(Channel::W), port.channel(Channel::B))
            } else {
                (port.channel(Channel::R), port.channel(Channel::R))
            };
            let ax = port.address(write);
            let doing = if data.fires() {
                Doing::Data
            } else if let Some(oldest) = self.tracker.open(write).front() {
                match (answer.valid(), answer.ready()) {
                    (true, true) => Doing::Answer,
                    (true, false) => Doing::Master,
                    _ if write && oldest.last_data.is_none() => {
                        if data.valid() {
                            Doing::BackPressure
                        } else {
                            Doing::Master
                        }
                    }
                    _ => Doing::Memory,
                }
            } else if ax.valid() {
                if ax.ready() {
                    Doing::Pipeline
                } else {
                    Doing::Accept
                }
            } else if answer.fires() {
                Doing::Answer
            } else {
                Doing::Idle
            };
            let open = self.tracker.open(write).len();
            self.account.count(write, doing, open);
        }
    }

    fn forget(&mut self) -> Vec<Burst> {
        self.tracker.forget().collect()
    }
}

/// Passes on what devices and ports tell.
struct Reading<'a, L> {
    listener: &'a mut L,
    devices: Vec<(usize, Device)>,
    buses: Vec<Bus>,
    told: Vec<Told>,
    events: Vec<BurstEvent>,
    summary: Summary,
    channels: Vec<(usize, Channel)>,
    clock_of: Vec<usize>,
}

impl<L: Listener> Reading<'_, L> {
    fn pass_on(&mut self) {
        for told in self.told.drain(..) {
            match told {
                Told::Transaction(transaction) => self.listener.transaction(*transaction),
                Told::Walk(walk) => self.listener.walk(walk),
                Told::Fault(fault) => self.listener.fault(fault),
                Told::Register(access) => self.listener.register(access),
            }
        }
    }

    fn look_for_unknown(&mut self, tick: Tick, wires: &Wires) {
        use super::discover::Field;
        for &(port, channel) in &self.channels {
            let channel_wires = wires.ports[port].channel(channel);
            let unknown = channel_wires.is_unknown(Field::Valid)
                || (channel_wires.valid() && channel_wires.is_unknown(Field::Ready));
            if unknown && self.clock_of[port] == tick.clock {
                self.summary.unknown_handshakes += 1;
                let first = (port, channel, tick.cycle);
                self.summary.first_unknown.get_or_insert(first);
            }
        }
    }
}

impl<L: Listener> Visitor for Reading<'_, L> {
    fn tick(&mut self, tick: Tick, wires: &Wires) -> bool {
        if tick.gap > 0 {
            self.summary.gaps.0 += tick.gap;
            self.summary.gaps.1 += 1;
        }
        let reset = wires.resets[tick.clock];
        for (clock, device) in &mut self.devices {
            if *clock == tick.clock {
                device.step(tick, reset, wires, &mut self.told);
            }
        }
        self.pass_on();
        if !reset {
            self.look_for_unknown(tick, wires);
        }
        for bus in &mut self.buses {
            if bus.clock != tick.clock {
                continue;
            }
            if reset || tick.gap > 0 {
                for burst in bus.forget() {
                    self.listener.burst(bus.port, burst);
                }
            }
            if reset {
                bus.account.reset();
                continue;
            }
            bus.step(tick.cycle, wires, &mut self.events);
            for event in self.events.drain(..) {
                match event {
                    BurstEvent::Done(burst) => self.listener.burst(bus.port, burst),
                    BurstEvent::Stray(..) => self.summary.strays += 1,
                    BurstEvent::Shown(_) | BurstEvent::Taken(_) => {}
                }
            }
        }
        self.listener.goes_on()
    }
}

impl Wave {
    /// Reads the file from its beginning to its end, and tells a listener what went on.
    ///
    /// # Errors
    /// [`WaveError::Read`]. Where the file goes wrong in the middle, what was read until then has been
    /// told, and [`Ending::damage`] says so.
    pub fn read(&self, listener: &mut impl Listener) -> Result<Summary, WaveError> {
        let layout = self.layout();
        let devices = (layout.devices.iter().enumerate()).map(|(n, ports)| {
            let first = ports.ports.iter().flatten().next();
            let clock = first.map_or(0, |&port| layout.ports[port].clock);
            (clock, Device::new(n, ports, layout))
        });
        let all = listener.wants_all_ports();
        let of_no_device = |(_, port): &(usize, &super::Port)| all || port.device.is_none();
        let buses = layout.ports.iter().enumerate().filter(of_no_device);
        let channels = layout.ports.iter().enumerate().flat_map(|(n, port)| {
            let own = Channel::ALL.into_iter();
            let own = own.filter(|channel| port.has(*channel, super::Field::Valid));
            own.map(move |channel| (n, channel)).collect::<Vec<_>>()
        });
        let mut reading = Reading {
            listener,
            devices: devices.collect(),
            buses: buses
                .map(|(n, port)| Bus {
                    port: n,
                    clock: port.clock,
                    tracker: BurstTracker::new(port),
                    account: Account::default(),
                })
                .collect(),
            told: Vec::new(),
            events: Vec::new(),
            summary: Summary::default(),
            channels: channels.collect(),
            clock_of: layout.ports.iter().map(|port| port.clock).collect(),
        };
        let ending = self.play(&mut reading)?;
        for (_, device) in &mut reading.devices {
            device.forget(End::Recording, &mut reading.told);
        }
        reading.pass_on();
        let mut summary = std::mem::take(&mut reading.summary);
        summary.ports = vec![Account::default(); layout.ports.len()];
        for bus in &mut reading.buses {
            summary.ports[bus.port] = bus.account.clone();
            for burst in bus.forget() {
                reading.listener.burst(bus.port, burst);
            }
        }
        for (_, device) in &reading.devices {
            summary.devices.push(device.account.clone());
            summary.strays += device.strays;
        }
        summary.ending = ending;
        Ok(summary)
    }
}
