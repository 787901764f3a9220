//! Why a command did not succeed, and what to do.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use vcm::iommu::ProbeError;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments or the device cannot be used: the user can do something about it.
    Unusable(String),
    /// Something does not hold.
    Wrong(String),
}

impl Failure {
    /// The exit status that tells which.
    pub(crate) fn status(&self) -> ExitCode {
        match self {
            Self::Unusable(_) => ExitCode::from(2),
            Self::Wrong(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Unusable(text) | Self::Wrong(text)) = self;
        f.write_str(text)
    }
}

impl From<vcm_linux::Error> for Failure {
    fn from(error: vcm_linux::Error) -> Self {
        Self::Unusable(error.to_string())
    }
}

impl From<ProbeError> for Failure {
    fn from(error: ProbeError) -> Self {
        let hint = match error {
            ProbeError::WrongId { .. } => {
                "is the bitstream of VCM-IOMMU loaded, and is this the address of its registers \
                 (0x40000000)?"
            }
            ProbeError::WrongVersion { .. } | ProbeError::Unsupported { .. } => {
                "use the vcm-tool that was built with this bitstream"
            }
            ProbeError::Bus(_) => "is the bitstream loaded, and its clock running?",
            _ => "a bus master may hang: reset it, or load the bitstream again",
        };
        Self::Unusable(format!("{error}: {hint}"))
    }
}

/// Says what was being done when something failed.
pub(crate) trait While<T> {
    fn when(self, doing: &str) -> Result<T, Failure>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> While<T> for Result<T, E> {
    fn when(self, doing: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure::Wrong(format!("{doing}: {}", error.into())))
    }
}
