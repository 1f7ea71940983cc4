//! The machine does not go to sleep by itself while a talk plays. The desktop is asked on a thread of its own, which may
//! wait for it; where there is none, or when it does not answer, nothing is said. When the program ends, however it ends,
//! the connection does, and the desktop forgets what was asked.

use crossbeam_channel::{Receiver, Sender, bounded};

use super::App;

/// Wishes that may wait; the newest counts.
const WISHES: usize = 8;

/// Keeps the machine awake.
pub struct Awake {
    wishes: Sender<bool>,
    told: bool,
}

impl Awake {
    /// Asks the desktop whose buses the environment names.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        Self::start_with(desktop::Hold::default())
    }

    /// Asks a desktop whose session bus is here, and no other.
    ///
    /// # Errors
    /// Where the system gives no thread.
    #[cfg(all(target_os = "linux", feature = "testing"))]
    pub fn start_on(session: &str) -> std::io::Result<Self> {
        Self::start_with(desktop::Hold::on(session))
    }

    fn start_with(mut hold: desktop::Hold) -> std::io::Result<Self> {
        let (awake, wished) = Self::wishing();
        std::thread::Builder::new().name("awake".into()).spawn(move || {
            while let Ok(wish) = wished.recv() {
                // What was wished in the meantime is over.
                if wished.try_iter().last().unwrap_or(wish) { hold.take() } else { hold.release() }
            }
            hold.release();
        })?;
        Ok(awake)
    }

    /// Whose wishes go to somebody else.
    pub fn wishing() -> (Self, Receiver<bool>) {
        let (wishes, wished) = bounded(WISHES);
        (Self { wishes, told: false }, wished)
    }

    /// Wishes, if it is not what was wished last. A thread that does not answer is asked again.
    fn wish(&mut self, awake: bool) {
        if awake != self.told && self.wishes.try_send(awake).is_ok() {
            self.told = awake;
        }
    }
}

impl App {
    /// From now on the machine is kept awake while a talk plays.
    pub fn keep_awake(&mut self, awake: Awake) {
        self.awake = Some(awake);
    }

    pub(super) fn poll_awake(&mut self) {
        let playing = self.player.talk().is_some() && self.player.playing();
        if let Some(awake) = &mut self.awake {
            awake.wish(playing);
        }
    }
}

/// The desktop's own ways, as the Idle Inhibition Service Draft and systemd's Inhibitor Locks describe them.
#[cfg(target_os = "linux")]
mod desktop {
    use zbus::blocking::{Connection, connection::Builder};
    use zbus::zvariant::OwnedFd;

    const WHO: &str = "Plenary";
    const WHY: &str = "A talk is playing";
    const SCREEN_SAVER: (&str, &str) = ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver");
    const LOGIN: (&str, &str) = ("org.freedesktop.login1", "/org/freedesktop/login1");

    /// What is held, from whom.
    #[derive(Default)]
    pub(super) struct Hold {
        session: Option<String>,
        cookie: Option<(Connection, u32)>,
        lock: Option<OwnedFd>,
    }

    impl Hold {
        #[cfg(feature = "testing")]
        pub(super) fn on(session: &str) -> Self {
            Self { session: Some(session.to_owned()), ..Self::default() }
        }

        /// From the session's screen saver; where there is none, from what lets the machine sleep without one.
        pub(super) fn take(&mut self) {
            if self.cookie.is_some() || self.lock.is_some() {
                return;
            }
            match self.ask_screen_saver() {
                Ok(cookie) => self.cookie = Some(cookie),
                Err(why) => tracing::debug!("no screen saver to ask: {why}"),
            }
            if self.cookie.is_none() && self.session.is_none() {
                match ask_login() {
                    Ok(lock) => self.lock = Some(lock),
                    Err(why) => tracing::debug!("nobody to keep the machine awake: {why}"),
                }
            }
        }

        pub(super) fn release(&mut self) {
            self.lock = None;
            if let Some((connection, cookie)) = self.cookie.take() {
                let (service, path) = SCREEN_SAVER;
                if let Err(why) = connection.call_method(Some(service), path, Some(service), "UnInhibit", &cookie) {
                    tracing::debug!("the screen saver has forgotten already: {why}");
                }
            }
        }

        fn ask_screen_saver(&self) -> zbus::Result<(Connection, u32)> {
            let connection = match &self.session {
                Some(address) => Builder::address(address.as_str())?.build()?,
                None => Connection::session()?,
            };
            let (service, path) = SCREEN_SAVER;
            let answer = connection.call_method(Some(service), path, Some(service), "Inhibit", &(WHO, WHY))?;
            let cookie = answer.body().deserialize()?;
            Ok((connection, cookie))
        }
    }

    /// Against idleness alone: who closes the lid means it.
    fn ask_login() -> zbus::Result<OwnedFd> {
        let (service, path) = LOGIN;
        let asked = ("idle", WHO, WHY, "block");
        let manager = Some("org.freedesktop.login1.Manager");
        let answer = Connection::system()?.call_method(Some(service), path, manager, "Inhibit", &asked)?;
        answer.body().deserialize()
    }
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
mod desktop {
    #[derive(Default)]
    pub(super) struct Hold;

    impl Hold {
        pub(super) fn take(&mut self) {}
        pub(super) fn release(&mut self) {}
    }
}
