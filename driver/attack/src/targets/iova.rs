//! The allocator of I/O virtual addresses: whatever it is asked for, nobody gets what another has, and
//! nothing is lost.

use vcm::addr::Iova;
use vcm::iova::{IovaError, IovaRange, IovaSpace, Request, natural_alignment};

use crate::input::Input;

const MOST_CALLS: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Reserved,
    Quarantined,
    Poisoned,
}

struct World {
    space: IovaSpace,
    size: u64,
    used: Vec<(IovaRange, Use)>,
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let start = Iova::new(input.one_of(&[0, 0x4000_0000, 0xFF00_0000]));
    let size = match input.once_in(4) {
        true => input.long() >> input.below(64),
        false => input.one_of(&[1 << 24, 1 << 20, 0x123_4000 & !0xFFF, 1 << 32]),
    };
    let Ok(space) = IovaSpace::new(start, size) else {
        let end = u64::from(start.get()).checked_add(size);
        assert!(size == 0 || size % 4096 != 0 || end.is_none_or(|end| end > 1 << 32));
        return;
    };
    let mut world = World {
        space,
        size,
        used: Vec::new(),
    };
    for _ in 0..MOST_CALLS {
        if input.is_empty() {
            break;
        }
        world.call(&mut input);
        let used: u64 = world.used.iter().map(|(r, _)| u64::from(r.size)).sum();
        assert_eq!(world.space.free_bytes() + used, world.size);
    }
}

fn size(input: &mut Input<'_>) -> u32 {
    match input.once_in(12) {
        true => input.edge(),
        false => (1 + input.below(40)) << input.one_of(&[12, 12, 14, 16]),
    }
}

impl World {
    fn call(&mut self, input: &mut Input<'_>) {
        match input.below(8) {
            0..3 => self.reserve(input),
            3 => {
                let at = Iova::new(match input.flag() {
                    true => input.edge(),
                    false => {
                        (self.space.bounds().start as u32).wrapping_add(input.below(512) << 12)
                    }
                });
                let size = size(input);
                match self.space.reserve_at(at, size) {
                    Ok(range) => {
                        assert_eq!(range, IovaRange { start: at, size });
                        self.take(range);
                    }
                    Err(IovaError::InUse { at }) => assert!(self.around(at).is_some()),
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
            4 => {
                // Nothing begins there, or not what is asked for.
                let at = Iova::new(input.edge());
                let is = self
                    .used
                    .iter()
                    .find(|(r, _)| r.start == at)
                    .map(|(_, u)| *u);
                let wrong = Err(IovaError::NotReserved { at });
                if is != Some(Use::Reserved) {
                    assert_eq!(
                        (self.space.free(at), self.space.quarantine(at)),
                        (wrong, wrong)
                    );
                }
                if is != Some(Use::Quarantined) {
                    assert_eq!(self.space.release(at), wrong);
                }
                let found = self.space.find(at);
                let reserved = self.around(at).filter(|(_, is)| *is == Use::Reserved);
                assert_eq!(found, reserved.map(|(range, _)| range));
            }
            _ if self.used.is_empty() => {}
            _ => self.end(input),
        }
    }

    fn reserve(&mut self, input: &mut Input<'_>) {
        let mut request = Request::new(size(input));
        if input.flag() {
            request = request.aligned(match input.once_in(4) {
                true => input.edge(),
                false => 1 << input.below(32),
            });
        }
        if input.once_in(4) {
            request = request.within(input.long() >> 20..input.long() >> 20);
        } else if input.once_in(3) {
            request = request.within(input.edge().into()..input.long());
        }
        match self.space.reserve(&request) {
            Ok(range) => {
                assert_eq!(range.size, request.size);
                let align = request.align.unwrap_or(natural_alignment(range.size));
                assert!(range.start.is_aligned(align));
                let (start, end) = ends(range);
                if let Some(within) = &request.within {
                    assert!(within.start <= start && end <= within.end);
                }
                self.take(range);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }

    /// Frees, quarantines, releases or poisons one.
    fn end(&mut self, input: &mut Input<'_>) {
        let which = input.below(self.used.len() as u32) as usize;
        let (range, is) = self.used[which];
        let (at, how) = (range.start, input.below(4));
        let wrong = Err(IovaError::NotReserved { at });
        let (done, becomes) = match how {
            0 => (self.space.free(at), None),
            1 => (self.space.quarantine(at), Some(Use::Quarantined)),
            2 => (self.space.release(at), None),
            _ => (self.space.poison(at), Some(Use::Poisoned)),
        };
        let allowed = match is {
            Use::Reserved => how != 2,
            Use::Quarantined => how >= 2,
            Use::Poisoned => false,
        };
        assert_eq!(done, if allowed { Ok(()) } else { wrong });
        match (allowed, becomes) {
            (true, Some(becomes)) => self.used[which].1 = becomes,
            (true, None) => drop(self.used.swap_remove(which)),
            (false, _) => {}
        }
    }

    fn around(&self, at: Iova) -> Option<(IovaRange, Use)> {
        let at = u64::from(at.get());
        let holds = |(range, _): &&(IovaRange, Use)| {
            let (start, end) = ends(*range);
            (start..end).contains(&at)
        };
        self.used.iter().find(holds).copied()
    }

    /// Nobody else has any of it.
    fn take(&mut self, range: IovaRange) {
        let (start, end) = ends(range);
        let bounds = self.space.bounds();
        assert!(bounds.start <= start && end <= bounds.end && start < end);
        for (other, _) in &self.used {
            let (first, last) = ends(*other);
            assert!(
                end <= first || last <= start,
                "{range:?} is given out twice"
            );
        }
        self.used.push((range, Use::Reserved));
    }
}

fn ends(range: IovaRange) -> (u64, u64) {
    let start = u64::from(range.start.get());
    (start, start + u64::from(range.size))
}
