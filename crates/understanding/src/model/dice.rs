//! Chance that is the same every time.

/// xorshift64 from a seed of our own choosing.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed | 1);
        for _ in 0..8 {
            dice.next();
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `limit`, which is not nought.
    pub fn below(&mut self, limit: usize) -> usize {
        #[allow(clippy::cast_possible_truncation)] // the remainder fits
        let number = (self.next() % limit as u64) as usize;
        number
    }

    /// A share from 0 to under 1.
    #[allow(clippy::cast_precision_loss)] // 24 bits fit
    pub fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub fn shuffle(&mut self, order: &mut [usize]) {
        for last in (1..order.len()).rev() {
            order.swap(last, self.below(last + 1));
        }
    }
}
