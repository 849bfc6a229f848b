//! Pseudo-random numbers for made-up data: the same sequence for the same seed.

/// Marsaglia's xorshift64: enough to make books look lived in.
pub(super) struct Dice(u64);

impl Dice {
    /// Zero would roll nothing but zeros.
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
