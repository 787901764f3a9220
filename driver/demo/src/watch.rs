//! Who is told how far the demonstration is.

/// A part of the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Finds out what was built.
    Probe,
    /// Takes scattered memory and binds it.
    Scatter,
    /// Puts the file into memory.
    Load,
    /// Copies it by DMA.
    Copy,
    /// Shares a buffer between a translated and a bypassed stream.
    Share,
    /// Tries what is not allowed.
    Protect,
    /// Gives everything back.
    Release,
}

impl Stage {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Scatter => "scatter",
            Self::Load => "load",
            Self::Copy => "copy",
            Self::Share => "share",
            Self::Protect => "protect",
            Self::Release => "release",
        }
    }
}

/// Is told how far the demonstration is.
pub trait Watcher {
    /// This stage begins.
    fn stage(&mut self, stage: Stage) {
        let _ = stage;
    }

    /// Something worth knowing of this stage, in one line.
    fn note(&mut self, text: &str) {
        let _ = text;
    }

    /// The DMA engine has copied so many bytes.
    fn progress(&mut self, copied: u32, total: u32) {
        let _ = (copied, total);
    }
}

/// Nobody watches.
impl Watcher for () {}
