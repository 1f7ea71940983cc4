//! Waiting for an answer, but not for ever: a server that is stopped answers nothing.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What is answered within this time, if anything.
pub fn within<T>(limit: Duration, answer: impl Future<Output = T>) -> Option<T> {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut answer = pin!(answer);
    #[expect(clippy::disallowed_methods, reason = "a wait for a device ends by the system's clock")]
    let begun = Instant::now();
    loop {
        if let Poll::Ready(answer) = answer.as_mut().poll(&mut context) {
            return Some(answer);
        }
        std::thread::park_timeout(limit.checked_sub(begun.elapsed())?);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_had_and_a_silence_ends() {
        assert_eq!(within(Duration::from_secs(5), std::future::ready(7)), Some(7));
        assert_eq!(within(Duration::from_millis(20), std::future::pending::<()>()), None);
    }
}
