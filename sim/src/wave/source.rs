//! Reading a file in large pieces, whether it is compressed or not.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::error::WaveError;
use super::fst::{self, Unpacked};

/// How far a file has been read, to be shown while it is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    read: Arc<AtomicU64>,
    size: u64,
}

impl Progress {
    /// Bytes of the file read so far, as they stand on the disk; of an FST file, as VCD has them.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes of the file; 0 if it is not known how many will be read.
    pub const fn size(&self) -> u64 {
        self.size
    }
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// The text of a VCD file.
pub(super) struct Source {
    reader: Box<dyn Read + Send>,
    pub(super) progress: Progress,
}

/// What a gzip file begins with (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1F, 0x8B];

impl Source {
    /// Opens a file; what begins as gzip or FST does is unpacked.
    pub(super) fn open(path: &Path) -> Result<Self, WaveError> {
        Self::open_shown(path, &Progress::default())
    }

    /// Opens a file, whose reading is shown by `progress` from now on.
    pub(super) fn open_shown(path: &Path, progress: &Progress) -> Result<Self, WaveError> {
        progress.read.store(0, Ordering::Relaxed);
        Self::try_open(path, progress).map_err(|source| WaveError::Read {
            file: path.to_path_buf(),
            source,
        })
    }

    fn try_open(path: &Path, progress: &Progress) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut magic = Vec::with_capacity(fst::MAGIC.len());
        Read::take(&mut file, fst::MAGIC.len() as u64).read_to_end(&mut magic)?;
        file.seek(SeekFrom::Start(0))?;
        let mut progress = Progress {
            read: progress.read.clone(),
            size: file.metadata()?.len(),
        };
        if magic == fst::MAGIC {
            // How much of it another program has read is not known.
            progress.size = 0;
            let inner = Unpacked::open(path)?;
            let read = progress.read.clone();
            let reader = Box::new(Counted { inner, read });
            return Ok(Self { reader, progress });
        }
        let counted = Counted {
            inner: file,
            read: progress.read.clone(),
        };
        let reader: Box<dyn Read + Send> = if magic.starts_with(&GZIP) {
            Box::new(MultiGzDecoder::new(counted))
        } else {
            Box::new(counted)
        };
        Ok(Self { reader, progress })
    }

    /// Appends up to `most` bytes to a buffer; returns how many, 0 at the end.
    pub(super) fn fill(&mut self, buffer: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        let before = buffer.len();
        buffer.resize(before + most, 0);
        let result = loop {
            match self.reader.read(&mut buffer[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        buffer.truncate(before + *result.as_ref().unwrap_or(&0));
        result
    }
}
