//! One file a target.

#[cfg(target_os = "linux")]
mod capi;
mod device;
mod dma;
mod frames;
mod iova;
#[cfg(target_os = "linux")]
mod names;
mod records;
mod tables;
mod walk;
#[cfg(target_os = "linux")]
mod wire;

/// Something that takes any bytes, and panics when what it attacks does wrong.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: that of its libFuzzer program, and of the folder of its seeds.
    pub name: &'static str,
    /// Runs it once.
    pub run: fn(&[u8]),
}

macro_rules! targets {
    ($( $(#[$if:meta])? $name:ident ),* $(,)?) => {
        /// All targets.
        pub const TARGETS: &[Target] = &[ $( $(#[$if])? Target {
            name: stringify!($name),
            run: $name::run,
        } ),* ];
    };
}

targets! {
    walk,
    tables,
    frames,
    iova,
    records,
    device,
    dma,
    #[cfg(target_os = "linux")]
    capi,
    #[cfg(target_os = "linux")]
    wire,
    #[cfg(target_os = "linux")]
    names,
}

/// Runs the target of this name.
///
/// # Panics
/// When something does not hold, or there is no such target.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let Some(target) = target else {
        panic!("there is no target {name}");
    };
    (target.run)(bytes);
}
