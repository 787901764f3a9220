//! The picture that is copied when there is no file: mountains in the evening.

use alloc::vec::Vec;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError};

/// In pixels. Uncompressed it is more than 1 MiB, so that the file reaches pages of every size.
const SIZE: (u32, u32) = (800, 600);

type Colour = [f32; 3];

const ZENITH: Colour = [38.0, 44.0, 92.0];
const HORIZON: Colour = [252.0, 176.0, 118.0];
const SUN: Colour = [255.0, 236.0, 200.0];
const HAZE: Colour = [226.0, 140.0, 122.0];
const NEAR: Colour = [24.0, 20.0, 48.0];

/// Ridges, one behind the other.
const RIDGES: u32 = 6;

/// The picture as a PNG file. It is not compressed: what is seen is what is copied.
pub(super) fn png() -> Result<Vec<u8>, EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, SIZE.0, SIZE.1);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::NoCompression);
    encoder.write_header()?.write_image_data(&pixels())?;
    Ok(file)
}

fn pixels() -> Vec<u8> {
    let mut pixels = Vec::with_capacity((SIZE.0 * SIZE.1 * 3) as usize);
    for y in 0..SIZE.1 {
        for x in 0..SIZE.0 {
            let (u, v) = (x as f32 / SIZE.0 as f32, y as f32 / SIZE.1 as f32);
            // A grain hides the steps between colours.
            let grain = noise(x * 7919 + y * 104_729) * 3.0;
            let colour = colour(u, v);
            pixels.extend(colour.map(|part| (part + grain).clamp(0.0, 255.0) as u8));
        }
    }
    pixels
}

/// The colour at a place, from 0 to 1 from the left and from the top.
fn colour(u: f32, v: f32) -> Colour {
    let mut colour = sky(u, v);
    for ridge in 0..RIDGES {
        let near = ridge as f32 / (RIDGES - 1) as f32;
        let height = 0.56 + 0.32 * near - (0.05 + 0.09 * near) * skyline(u, ridge);
        if v > height {
            let land = mix(HAZE, NEAR, near);
            // Mist gathers at the foot of what is far away.
            let mist = ((v - height) * 3.0).min(1.0) * (1.0 - near) * 0.7;
            colour = mix(land, HORIZON, mist);
        }
    }
    colour
}

fn sky(u: f32, v: f32) -> Colour {
    let sky = mix(ZENITH, HORIZON, (v / 0.62).min(1.0).powf(1.4));
    let (dx, dy) = ((u - 0.66) * SIZE.0 as f32 / SIZE.1 as f32, v - 0.46);
    let distance = dx.hypot(dy);
    let glow = (-distance * 5.0).exp() * 0.75;
    let disc = ((0.062 - distance) * 300.0).clamp(0.0, 1.0);
    mix(mix(sky, SUN, glow), SUN, disc)
}

/// How high a ridge is, about -1 to 1: the sum of ever finer waves.
fn skyline(u: f32, ridge: u32) -> f32 {
    let octave = |n: u32| {
        let (frequency, weight) = ((2 << n) as f32, 0.55_f32.powi(n as i32));
        weight * smooth(u * frequency * 1.3, ridge * 101 + n * 13)
    };
    (0..7).map(octave).sum()
}

/// Noise along a line, smooth between whole numbers.
fn smooth(at: f32, seed: u32) -> f32 {
    let (left, t) = (at.floor(), at.fract());
    let value = |n: f32| noise(n as u32 + seed * 1_000);
    let t = t * t * (3.0 - 2.0 * t);
    value(left) * (1.0 - t) + value(left + 1.0) * t
}

/// From -1 to 1, without a pattern.
fn noise(n: u32) -> f32 {
    let mut hash = n.wrapping_mul(0x9e37_79b9) ^ 0x85eb_ca6b;
    hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    hash = (hash ^ (hash >> 12)).wrapping_mul(0x297a_2d39);
    (hash >> 8) as f32 / (1 << 23) as f32 - 1.0
}

fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|part| from[part] + (to[part] - from[part]) * share)
}
