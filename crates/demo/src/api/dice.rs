//! Pseudo-random numbers for made-up data: the same sequence for the same seed.

/// Marsaglia's xorshift64: good enough for made-up books.
pub(super) struct Dice(u64);

impl Dice {
    /// A seed of zero would produce only zeros.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides.max(1)
    }

    pub(super) fn pick<T, const N: usize>(&mut self, from: &'static [T; N]) -> &'static T {
        let index = usize::try_from(self.roll(N as u64)).unwrap_or(0);
        from.get(index).unwrap_or(&from[0])
    }
}
