//! Random numbers that depend on nothing but a seed and a path of names.
//!
//! Draws are made on the host, by ChaCha8 under a key hashed from the path. So they are the same on every device, and
//! no draw depends on what else was drawn before it: a resumed run needs no generator state.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A place in the tree of random streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The root for a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(*blake3::hash(&seed.to_le_bytes()).as_bytes())
    }

    /// The stream of that name below this one.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self(*blake3::keyed_hash(&self.0, name.as_bytes()).as_bytes())
    }

    /// The stream of that number below this one.
    #[must_use]
    pub fn number(&self, n: u64) -> Self {
        Self(*blake3::keyed_hash(&self.0, &n.to_le_bytes()).as_bytes())
    }

    fn generator(&self) -> ChaCha8Rng {
        ChaCha8Rng::from_seed(self.0)
    }

    /// One number, uniform over all of `u64`.
    #[must_use]
    pub fn draw(&self) -> u64 {
        self.generator().next_u64()
    }

    /// Normal draws with mean 0 (Box–Muller).
    #[must_use]
    pub fn normal(&self, count: usize, std: f64) -> Vec<f32> {
        let mut rng = self.generator();
        let mut draws = Vec::with_capacity(count + 1);
        while draws.len() < count {
            // In (0, 1], so that the logarithm is finite.
            let radius = (-2.0 * (1.0 - unit(&mut rng)).ln()).sqrt() * std;
            let angle = std::f64::consts::TAU * unit(&mut rng);
            draws.push((radius * angle.cos()) as f32);
            draws.push((radius * angle.sin()) as f32);
        }
        draws.truncate(count);
        draws
    }

    /// Uniform draws from `[-bound, bound)`.
    #[must_use]
    pub fn uniform(&self, count: usize, bound: f64) -> Vec<f32> {
        let mut rng = self.generator();
        (0..count).map(|_| ((2.0 * unit(&mut rng) - 1.0) * bound) as f32).collect()
    }

    /// Draws that are 1 with probability `p` and else 0.
    #[must_use]
    pub fn bernoulli(&self, count: usize, p: f64) -> Vec<f32> {
        let mut rng = self.generator();
        // The probability in units of 2⁻³²; 1 maps to 2³², which every draw is below.
        let threshold = (p.clamp(0.0, 1.0) * 4_294_967_296.0) as u64;
        (0..count).map(|_| f32::from(u8::from(u64::from(rng.next_u32()) < threshold))).collect()
    }
}

/// Uniform in `[0, 1)` with 53 random bits.
fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}
