//! The stream map: what happens to the transactions of each master.

use core::fmt;

use vcm_regs::global::{S2cr, stream_type};

use super::records::Records;
use super::{HardwareError, Iommu, IommuError, Shared, State};
use crate::seam::{Bus, BusError, Clock, PhysMem};

/// The number of a stream: what a master sends as AxUSER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(u16);

impl StreamId {
    /// Stream `number`.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stream {}", self.0)
    }
}

/// Where a stream goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// Every transaction is answered with DECERR and recorded.
    Terminate,
    /// Addresses pass unchanged and unchecked.
    Bypass,
    /// It is attached to the context of this bank: translated while that is active, and terminated
    /// otherwise.
    Context(u8),
}

impl Route {
    /// The stream-map register of a stream that goes there.
    pub(super) fn register(self) -> S2cr {
        let entry = S2cr::default();
        match self {
            Self::Terminate => entry.with(S2cr::TYPE, stream_type::TERMINATE),
            Self::Bypass => entry.with(S2cr::TYPE, stream_type::BYPASS),
            Self::Context(bank) => entry
                .with(S2cr::TYPE, stream_type::TRANSLATE)
                .with(S2cr::CBNDX, u32::from(bank)),
        }
    }
}

impl Route {
    /// Where a stream with this stream-map register goes. What is reserved is as good as terminated.
    pub(super) fn from_register(entry: S2cr) -> Self {
        match entry.get(S2cr::TYPE) {
            stream_type::TRANSLATE => Self::Context(entry.get(S2cr::CBNDX) as u8),
            stream_type::BYPASS => Self::Bypass,
            _ => Self::Terminate,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Terminate => write!(f, "terminated"),
            Self::Bypass => write!(f, "bypassed"),
            Self::Context(bank) => write!(f, "context {bank}"),
        }
    }
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// Lets a stream through with its addresses unchanged and unchecked (one-to-one).
    ///
    /// # Errors
    /// `NoStream`; `StreamInUse` when it is attached to a context; `Bus`.
    pub fn bypass(&self, stream: StreamId) -> Result<(), IommuError> {
        let mut state = self.shared.state.lock();
        self.shared.check_unattached(&state, stream)?;
        let was = state.routes[usize::from(stream.get())];
        self.shared.change_route(stream, was, Route::Bypass)?;
        state.routes[usize::from(stream.get())] = Route::Bypass;
        Ok(())
    }

    /// Stops a stream, and waits until what it had under way has been answered.
    ///
    /// # Errors
    /// `NoStream`; `StreamInUse` when it is attached to a context; `Bus`; `SyncTimeout`: the stream is
    /// terminated, but something may still be under way.
    pub fn terminate(&self, stream: StreamId) -> Result<(), IommuError> {
        let mut state = self.shared.state.lock();
        self.shared.check_unattached(&state, stream)?;
        self.shared.write_route(stream, Route::Terminate)?;
        state.routes[usize::from(stream.get())] = Route::Terminate;
        Ok(self.shared.sync_everything().map(drop)?)
    }

    /// Where a stream goes.
    ///
    /// # Errors
    /// `NoStream`.
    pub fn route(&self, stream: StreamId) -> Result<Route, IommuError> {
        let state = self.shared.state.lock();
        self.shared.check_stream(stream)?;
        Ok(state.routes[usize::from(stream.get())])
    }
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    fn check_stream(&self, stream: StreamId) -> Result<(), IommuError> {
        let streams = self.features.streams;
        if u32::from(stream.get()) < streams {
            Ok(())
        } else {
            Err(IommuError::NoStream { stream, streams })
        }
    }

    fn check_unattached(&self, state: &State, stream: StreamId) -> Result<(), IommuError> {
        self.check_stream(stream)?;
        match state.routes[usize::from(stream.get())] {
            route @ Route::Context(_) => Err(IommuError::StreamInUse { stream, route }),
            Route::Terminate | Route::Bypass => Ok(()),
        }
    }

    pub(super) fn write_route(&self, stream: StreamId, route: Route) -> Result<(), BusError> {
        self.global()
            .write_nth(u32::from(stream.get()), route.register())
    }

    /// Gives a stream to a context, and routes it there if that is active.
    pub(super) fn attach(
        &self,
        stream: StreamId,
        bank: u8,
        active: bool,
    ) -> Result<(), IommuError> {
        let mut state = self.state.lock();
        self.check_unattached(&state, stream)?;
        let was = state.routes[usize::from(stream.get())];
        let route = if active {
            Route::Context(bank)
        } else {
            Route::Terminate
        };
        self.change_route(stream, was, route)?;
        if was == Route::Bypass {
            // What it had under way must not mix with what is translated.
            state.routes[usize::from(stream.get())] = Route::Terminate;
            if let Err(e) = self.sync_everything() {
                // Its own error counts, not that of the retreat.
                let _stopped = self.write_route(stream, Route::Terminate);
                return Err(e.into());
            }
        }
        state.routes[usize::from(stream.get())] = Route::Context(bank);
        Ok(())
    }

    /// Routes a stream that was routed otherwise. A write whose answer is lost may have arrived all the
    /// same, so it is taken back.
    fn change_route(&self, stream: StreamId, was: Route, route: Route) -> Result<(), BusError> {
        self.write_route(stream, route).inspect_err(|_| {
            let _taken_back = self.write_route(stream, was);
        })
    }

    /// Takes a stream from a context, terminates it, and waits until it is quiet.
    pub(super) fn detach(
        &self,
        stream: StreamId,
        bank: u8,
        active: bool,
        may_stall: bool,
    ) -> Result<(), IommuError> {
        let mut state = self.state.lock();
        self.check_stream(stream)?;
        if state.routes[usize::from(stream.get())] != Route::Context(bank) {
            return Err(IommuError::NotAttached { stream });
        }
        let records = may_stall.then_some(&mut state.records);
        if let Err(e) = self.quieten(stream, bank, records) {
            // Its own error counts, not that of the retreat, which may fail for the same reason.
            if active {
                let _let_through_again = self.write_route(stream, Route::Context(bank));
            }
            return Err(e.into());
        }
        state.routes[usize::from(stream.get())] = Route::Terminate;
        Ok(())
    }

    /// Terminates a stream of a context, and waits until it is quiet. `records`: something may
    /// stand stalled.
    fn quieten(
        &self,
        stream: StreamId,
        bank: u8,
        records: Option<&mut Records>,
    ) -> Result<(), HardwareError> {
        self.write_route(stream, Route::Terminate)?;
        if let Some(records) = records {
            self.retry_all(records, bank)?;
        }
        let _quiet = self.sync(bank)?;
        Ok(())
    }

    /// The streams of a context.
    pub(super) fn attached(&self, bank: u8) -> impl Iterator<Item = StreamId> {
        let routes = self.state.lock().routes.clone();
        (0..)
            .zip(routes)
            .filter(move |(_, route)| *route == Route::Context(bank))
            .map(|(stream, _)| StreamId::new(stream))
    }

    /// Routes all streams of a context to it, or terminates them; they stay attached. Tries all of
    /// them, whatever fails.
    pub(super) fn route_attached(&self, bank: u8, active: bool) -> Result<(), HardwareError> {
        let route = if active {
            Route::Context(bank)
        } else {
            Route::Terminate
        };
        let mut result = Ok(());
        for stream in self.attached(bank) {
            result = result.and(self.write_route(stream, route));
        }
        Ok(result?)
    }

    /// Forgets that streams are attached to a context.
    pub(super) fn release_attached(&self, bank: u8) {
        for route in &mut self.state.lock().routes {
            if *route == Route::Context(bank) {
                *route = Route::Terminate;
            }
        }
    }
}
