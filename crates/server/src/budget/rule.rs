//! How much of a bounded resource one holder may have: a client network, a session, a person. A share limits only while
//! the resource is short, so that one network alone can use almost everything, and yet nobody is locked out by it.
//!
//! The rule: a holder gets one more place while it has fewer than a multiple of the places that are free. The more others
//! use, the fewer places one holder can add, and whatever the large holders do, some places stay free for a new one.
//! Routers share their buffers in this way (Choudhury and Hahne, "Dynamic Queue Length Thresholds", 1998).

/// The share of one holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// So many places are granted however few are free.
    pub floor: usize,
    /// Beyond the floor: a holder has fewer places than so many times those that are free.
    pub times_free: usize,
    /// Never more places than this, however many are free.
    pub most: usize,
}

/// A client network. One alone can have three quarters of a resource; a network without any place gets one while one is
/// free.
pub const NETWORK: Rule = Rule { floor: 0, times_free: 3, most: usize::MAX };

impl Rule {
    /// A share under shortage alone: so many places in any case, and at most half of the resource.
    pub const fn at_least(floor: usize) -> Self {
        Self { floor, times_free: 1, most: usize::MAX }
    }

    /// A fixed number of places.
    pub const fn at_most(most: usize) -> Self {
        Self { floor: most, times_free: 0, most }
    }

    /// Whether a holder of `own` places gets one more while `free` are free.
    pub const fn admits(self, own: usize, free: usize) -> bool {
        own < self.most && (own < self.floor || own < self.times_free.saturating_mul(free))
    }
}

#[cfg(test)]
mod tests {
    use super::{NETWORK, Rule};

    /// A resource whose holders take and give back at random, and a share for each.
    struct Model {
        total: usize,
        own: Vec<usize>,
    }

    impl Model {
        fn free(&self) -> usize {
            self.total - self.own.iter().sum::<usize>()
        }

        fn take(&mut self, holder: usize, rule: Rule) -> bool {
            let is_admitted = self.free() > 0 && rule.admits(self.own[holder], self.free());
            self.own[holder] += usize::from(is_admitted);
            is_admitted
        }
    }

    #[test]
    fn f02_f07_a_network_is_never_refused_while_more_than_a_quarter_is_free() {
        let mut random = fastrand::Rng::with_seed(2);
        for _ in 0..200 {
            let (total, holders) = (random.usize(1..400), random.usize(1..40));
            let mut model = Model { total, own: vec![0; holders] };
            for _ in 0..2000 {
                let holder = random.usize(..holders);
                if random.u8(..10) < 3 {
                    model.own[holder] = model.own[holder].saturating_sub(1);
                    continue;
                }
                let (own, free) = (model.own[holder], model.free());
                let is_admitted = model.take(holder, NETWORK);
                if 4 * free > total {
                    assert!(is_admitted, "{own} of {total}, {free} free");
                }
                if own == 0 && free > 0 {
                    assert!(is_admitted, "a network without a place gets one while one is free");
                }
                assert!(model.own.iter().sum::<usize>() <= total);
            }
        }
    }

    #[test]
    fn f02_f07_greedy_networks_leave_places_for_new_ones() {
        for (total, greedy, left) in [(1024, 1, 256), (1024, 2, 146), (1024, 10, 33), (10_000, 100, 33)] {
            let mut model = Model { total, own: vec![0; greedy + left] };
            // Until none of them gets any more.
            while (0..greedy).filter(|holder| model.take(*holder, NETWORK)).count() > 0 {}
            assert!(model.free() >= left, "{greedy} of {total}: {} free", model.free());
            let newcomers = (greedy..greedy + left).filter(|holder| model.take(*holder, NETWORK)).count();
            assert_eq!(newcomers, left);
        }
    }

    #[test]
    fn f02_a_network_alone_has_all_that_nobody_else_needs() {
        let mut model = Model { total: 10_000, own: vec![0] };
        while model.take(0, NETWORK) {}
        assert_eq!(model.own[0], 7500);
        // What others have used and left is available again.
        model.own = vec![100, 5000];
        while model.take(0, NETWORK) {}
        assert_eq!(model.own[0], 3750);
        model.own[1] = 0;
        while model.take(0, NETWORK) {}
        assert_eq!(model.own[0], 7500);
    }

    #[test]
    fn f07_a_session_keeps_its_share_under_shortage_and_never_has_more_than_half() {
        let rule = Rule::at_least(16);
        let mut model = Model { total: 1024, own: vec![0, 0] };
        while model.take(0, rule) {}
        assert_eq!(model.own[0], 512);
        model.own = vec![0, 1000];
        while model.take(0, rule) {}
        assert_eq!(model.own[0], 16);
    }

    #[test]
    fn f02_a_fixed_share_holds_however_much_is_free() {
        for free in [0, 1, usize::MAX] {
            assert!(Rule::at_most(8).admits(7, free) && !Rule::at_most(8).admits(8, free), "{free}");
        }
    }
}
