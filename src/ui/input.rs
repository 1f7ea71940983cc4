//! From the window's keys to commands, before the toolkit moves its focus with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::{Event, Key, RawInput};

use crate::command::Command;
use crate::command::chord::Chord;
use crate::command::keymap::{KeyMap, Place};

/// Commands that may wait between two frames; more than anybody can type.
const WAITING: usize = 1024;

/// A place as a number, for another thread or a plugin.
pub const fn number_of(place: Place) -> u8 {
    match place {
        Place::Player => 0,
        Place::Overview => 1,
        Place::Library => 2,
        Place::Transcript => 3,
    }
}

/// Sees every key before the toolkit does, which would move its focus with the arrows.
pub struct KeyGrab {
    keys: Keys,
    keymap: KeyMap,
    commands: Sender<Command>,
    place: Arc<AtomicU8>,
    writing: Arc<AtomicBool>,
    /// What waits for the next frame: it was typed after a key that opens or closes a text field.
    later: Vec<Event>,
}

impl KeyGrab {
    /// With the keys to look for; what they ask for comes out of the channel. `place` tells where they act (see
    /// [`number_of`]), `writing` whether a text is being written.
    pub fn new(keymap: KeyMap, place: Arc<AtomicU8>, writing: Arc<AtomicBool>) -> (Self, Receiver<Command>) {
        let (commands, taken) = bounded(WAITING);
        (Self { keys: Keys::default(), keymap, commands, place, writing, later: Vec::new() }, taken)
    }
}

impl egui::Plugin for KeyGrab {
    fn debug_name(&self) -> &'static str {
        "key grab"
    }

    fn input_hook(&mut self, ctx: &egui::Context, input: &mut RawInput) {
        let typing = ctx.text_edit_focused();
        let focused = ctx.memory(|memory| memory.focused()).is_some();
        // The second window has a few keys of its own.
        if input.viewport_id != egui::ViewportId::ROOT {
            let own = |event: &Event| matches!(event, Event::Key { key: Key::F | Key::F11 | Key::Escape, modifiers, .. } if !modifiers.any());
            let (kept, others) = std::mem::take(&mut input.events).into_iter().partition(own);
            input.events = others;
            let taken = self.keys.take(input, &self.keymap, Place::Player, Focus { typing: false, focused: false });
            // What is typed belongs into the first window; here a text can neither be begun nor disturbed.
            let elsewhere = self.writing.load(Ordering::Relaxed);
            for command in taken.into_iter().filter(|command| !elsewhere && !command.begins_text()) {
                self.commands.try_send(command).ok();
            }
            input.events.extend::<Vec<Event>>(kept);
            return;
        }
        // An open menu has the keys: Escape closes it, and nothing else. What was held before is let go all the same.
        if egui::Popup::is_any_open(ctx) {
            for command in self.later.iter().chain(&input.events).filter_map(|event| self.keys.let_go(event)) {
                self.commands.try_send(command).ok();
            }
            return;
        }
        let typing = typing || self.writing.load(Ordering::Relaxed);
        let mut events = std::mem::take(&mut self.later);
        events.append(&mut input.events);
        let number = self.place.load(Ordering::Relaxed);
        let place = Place::ALL.into_iter().find(|place| number_of(*place) == number).unwrap_or_default();
        let now = until_field_changes(&events, typing, &self.keymap, place);
        self.later = events.split_off(now);
        input.events = events;
        if !self.later.is_empty() {
            ctx.request_repaint();
        }
        for command in self.keys.take(input, &self.keymap, place, Focus { typing, focused }) {
            self.commands.try_send(command).ok();
        }
    }
}

/// How many of these events belong to this frame: up to a key that opens a text field, so that what follows is typed into
/// it; and what is typed before a key that may close one, so that it is typed at all.
fn until_field_changes(events: &[Event], typing: bool, keymap: &KeyMap, place: Place) -> usize {
    let closes = |event: &Event| matches!(event, Event::Key { key: Key::Escape | Key::Enter, pressed: true, .. });
    let types = |event: &Event| {
        matches!(event, Event::Text(_) | Event::Paste(_) | Event::Ime(_) | Event::Key { pressed: true, .. })
    };
    if typing {
        return match events.iter().position(closes) {
            Some(at) if events[..at].iter().any(types) => at,
            Some(at) => at + 1,
            None => events.len(),
        };
    }
    let opens = |event: &Event| {
        let Event::Key { key, physical_key, pressed: true, modifiers, .. } = event else { return false };
        let control = modifiers.ctrl || modifiers.command;
        let physical = physical_key.map(Key::name);
        Chord::from_parts(key.name(), physical, control, modifiers.shift, modifiers.alt)
            .and_then(|chord| keymap.binding(&chord, place))
            .is_some_and(|binding| binding.command.begins_text())
    };
    match events.iter().position(opens) {
        // The letter of the key itself is no text.
        Some(at) => at + 1 + usize::from(matches!(events.get(at + 1), Some(Event::Text(_)))),
        None => events.len(),
    }
}

/// What the toolkit's focus is on.
#[derive(Debug, Clone, Copy)]
pub struct Focus {
    /// A text field.
    pub typing: bool,
    /// Any control.
    pub focused: bool,
}

/// Keys on their way to commands.
#[derive(Debug, Default)]
pub struct Keys {
    /// The viewer walks through the controls with Tab: Space and Enter press the one that is reached.
    walking: bool,
    /// A key that does something as long as it is held, as it was reported and where it lies, and what letting it go asks for.
    held: Option<(Key, Option<Key>, Command)>,
}

impl Keys {
    /// Takes the keys that ask for something out of `input`.
    pub fn take(&mut self, input: &mut RawInput, keymap: &KeyMap, place: Place, focus: Focus) -> Vec<Command> {
        let Focus { typing, focused } = focus;
        let mut commands: Vec<Command> = Vec::new();
        input.events.retain(|event| {
            self.notice_walking(event);
            if let Some(command) = self.let_go(event) {
                commands.push(command);
                return matches!(event, Event::WindowFocused(_));
            }
            if let Event::Text(_) = event {
                return typing;
            }
            // The toolkit turns the keys for copying into an event of its own.
            let copying = Chord::from_parts("C", Some("C"), true, false, false);
            if let (Event::Copy, false, Some(chord)) = (event, typing, copying) {
                commands.extend(keymap.binding(&chord, place).map(|binding| binding.command.clone()));
                return false;
            }
            let Event::Key { key, physical_key, pressed, repeat, modifiers } = event else { return true };
            let pressing = matches!(key, Key::Space | Key::Enter) && self.walking && focused;
            if pressing && !modifiers.any() {
                return true;
            }
            let physical = physical_key.map(Key::name);
            let control = modifiers.ctrl || modifiers.command;
            let chord = Chord::from_parts(key.name(), physical, control, modifiers.shift, modifiers.alt);
            let Some(chord) = chord else { return true };
            let Some(binding) = keymap.binding(&chord, place) else { return !moves_focus(*key) || typing };
            if typing && !binding.everywhere {
                return true;
            }
            if *pressed && (!*repeat || binding.repeats()) {
                commands.push(binding.command.clone());
                if let Some(after) = binding.command.on_release() {
                    self.held = Some((*key, *physical_key, after));
                }
            }
            false
        });
        commands
    }

    /// What a held key asks for when it is let go, or when nobody will say that it was because the window has lost the
    /// keys. With other keys pressed meanwhile it may be reported under another name, but it lies where it lay.
    fn let_go(&mut self, event: &Event) -> Option<Command> {
        let gone = match (event, &self.held) {
            (Event::WindowFocused(focused), Some(_)) => !focused,
            (Event::Key { key, physical_key, pressed: false, .. }, Some((held, place, _))) => {
                key == held || (physical_key.is_some() && physical_key == place)
            }
            _ => false,
        };
        if gone { self.held.take().map(|(_, _, after)| after) } else { None }
    }

    fn notice_walking(&mut self, event: &Event) {
        match event {
            Event::Key { key: Key::Tab, pressed: true, .. } => self.walking = true,
            Event::PointerButton { pressed: true, .. } => self.walking = false,
            _ => {}
        }
    }
}

/// Plain arrows would move the toolkit's focus; here they belong to the player even when nothing is bound to them.
fn moves_focus(key: Key) -> bool {
    matches!(key, Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::ListenCommand;
    use egui::Modifiers;

    fn press(key: Key) -> Event {
        Event::Key { key, physical_key: Some(key), pressed: true, repeat: false, modifiers: Modifiers::NONE }
    }

    fn take(keys: &mut Keys, events: Vec<Event>, typing: bool, focused: bool) -> (Vec<Command>, usize) {
        let mut input = RawInput { events, ..RawInput::default() };
        let commands = keys.take(&mut input, &KeyMap::standard(), Place::Player, Focus { typing, focused });
        (commands, input.events.len())
    }

    #[test]
    fn space_plays_and_pauses_though_a_button_was_clicked() {
        let mut keys = Keys::default();
        assert_eq!(take(&mut keys, vec![press(Key::Space)], false, true), (vec![Command::TogglePlay], 0));
    }

    #[test]
    fn keys_that_open_or_close_a_field_end_their_frame() {
        let keymap = KeyMap::standard();
        let typed = |key, text: &str| [press(key), Event::Text(text.to_owned())];
        let opening = [typed(Key::J, "j"), typed(Key::W, "w"), typed(Key::Space, " ")].concat();
        assert_eq!(until_field_changes(&opening, false, &keymap, Place::Player), 4);
        // While a text is written the same keys are text; what closes it has a frame of its own.
        assert_eq!(until_field_changes(&opening, true, &keymap, Place::Player), 6);
        let closing = [typed(Key::A, "a").as_slice(), &[press(Key::Escape)], &typed(Key::E, "e")].concat();
        assert_eq!(until_field_changes(&closing, true, &keymap, Place::Player), 2);
        assert_eq!(until_field_changes(&closing[2..], true, &keymap, Place::Player), 1);
        assert_eq!(until_field_changes(&closing[3..], false, &keymap, Place::Player), 2);
    }

    #[test]
    fn without_a_field_nothing_is_text() {
        let events = vec![press(Key::S), Event::Text("s".to_owned())];
        assert_eq!(take(&mut Keys::default(), events, false, false).1, 0);
    }

    #[test]
    fn space_presses_a_button_that_was_reached_with_tab() {
        let mut keys = Keys::default();
        let (commands, left) = take(&mut keys, vec![press(Key::Tab), press(Key::Space)], false, true);
        assert_eq!((commands, left), (Vec::new(), 2));
    }

    #[test]
    fn nothing_but_the_keys_meant_for_it_acts_while_typing() {
        let mut keys = Keys::default();
        for binding in KeyMap::standard().iter() {
            let Some(key) = Key::from_name(binding.chord.key().pretty().as_str()) else { continue };
            let (commands, _) = take(&mut keys, vec![press(key)], true, true);
            let everywhere = matches!(key, Key::F7 | Key::F8 | Key::F9);
            assert_eq!(!commands.is_empty(), everywhere, "{key:?}");
        }
    }

    #[test]
    fn a_held_key_repeats_only_what_may_be_repeated() {
        let mut keys = Keys::default();
        let held =
            |key| Event::Key { key, physical_key: Some(key), pressed: true, repeat: true, modifiers: Modifiers::NONE };
        assert_eq!(take(&mut keys, vec![held(Key::Space)], false, false), (Vec::new(), 0));
        let (commands, _) = take(&mut keys, vec![held(Key::ArrowRight), held(Key::ArrowRight)], false, false);
        assert_eq!(commands.len(), 2);
    }

    #[test]
    fn what_is_held_is_let_go_whatever_happens_meanwhile() {
        let semicolon = |pressed, repeat, key, modifiers| Event::Key {
            key,
            physical_key: Some(Key::Semicolon),
            pressed,
            repeat,
            modifiers,
        };
        let down = semicolon(true, false, Key::Semicolon, Modifiers::NONE);
        let up = semicolon(false, false, Key::Semicolon, Modifiers::NONE);
        let (hold, release) = (Command::Listen(ListenCommand::HoldRate), Command::Listen(ListenCommand::ReleaseRate));
        let ended = vec![hold.clone(), release.clone()];
        let again = semicolon(true, true, Key::Semicolon, Modifiers::NONE);
        // With Shift pressed meanwhile the same key is a colon.
        let colon = semicolon(false, false, Key::Colon, Modifiers::SHIFT);
        for events in [
            vec![down.clone(), up.clone()],
            vec![down.clone(), again.clone(), again, up.clone()],
            vec![down.clone(), colon],
            vec![down.clone(), Event::WindowFocused(false), up.clone()],
        ] {
            assert_eq!(take(&mut Keys::default(), events, false, false).0, ended);
        }
        let with_another = vec![down.clone(), press(Key::M), up.clone()];
        let all = [hold.clone(), Command::ToggleMute, release.clone()];
        assert_eq!(take(&mut Keys::default(), with_another, false, false).0, all);
        // A text field has opened meanwhile.
        let mut keys = Keys::default();
        assert_eq!(take(&mut keys, vec![down], false, false).0, [hold]);
        assert_eq!(take(&mut keys, vec![up.clone()], true, true).0, [release]);
        assert_eq!(take(&mut keys, vec![up], false, false).0, []);
    }

    #[test]
    fn copying_is_the_players_unless_text_is_being_typed() {
        let mut keys = Keys::default();
        assert_eq!(take(&mut keys, vec![Event::Copy], false, false), (vec![Command::CopySlide], 0));
        assert_eq!(take(&mut keys, vec![Event::Copy], true, true), (Vec::new(), 1));
    }

    #[test]
    fn letters_work_on_other_alphabets() {
        let mut keys = Keys::default();
        // As the window system reports the key labelled "з" on a Russian keyboard: the toolkit falls back to its place.
        let event = Event::Key {
            key: Key::M,
            physical_key: Some(Key::M),
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        assert_eq!(take(&mut keys, vec![event], false, false).0, vec![Command::ToggleMute]);
    }
}
