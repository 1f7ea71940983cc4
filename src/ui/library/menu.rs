//! What can be done with a talk, under the other mouse button; each with its key.

use egui::{Popup, Response};

use super::draw;
use crate::app::App;
use crate::command::{Command, LibraryCommand, QueueCommand};
use crate::library::Row;
use crate::notes::Verdict;

/// Shows the menu of a talk while it is open.
pub fn ui(app: &App, response: &Response, row: &Row, out: &mut Vec<Command>) {
    Popup::context_menu(response).show(|ui| {
        let whole = row.entry.broken.is_none();
        let mut all = Vec::new();
        if whole && !row.away {
            all.push(("Play", LibraryCommand::Open.into_command(), false));
            all.push(("Read: slides and what is said", LibraryCommand::Sheet.into_command(), false));
            all.push(("Play next", Command::Queue(QueueCommand::PlayNext), false));
            all.push(("To the end of the queue", Command::Queue(QueueCommand::Add), false));
        }
        if whole {
            for verdict in Verdict::ALL {
                let name = match verdict {
                    Verdict::Keep => "Keep",
                    Verdict::Again => "See again",
                    Verdict::Drop => "Drop",
                };
                let on = row.state.verdict == Some(verdict);
                all.push((name, LibraryCommand::ToggleVerdict(verdict).into_command(), on));
            }
            all.push(("Done", LibraryCommand::ToggleDone.into_command(), row.state.progress.done));
        }
        if row.copies > 0 {
            all.push(("List its copies as one, or singly", LibraryCommand::ToggleMerged.into_command(), false));
        }
        for (name, command, on) in all {
            let key = app.keymap().keys_for(&command).first().map(|key| key.pretty()).unwrap_or_default();
            if draw::item(ui, name, &key, on).clicked() {
                out.push(Command::Library(LibraryCommand::Choose(row.entry.path.clone())));
                out.push(command);
            }
        }
    });
}

/// As one of all commands.
trait IntoCommand {
    fn into_command(self) -> Command;
}

impl IntoCommand for LibraryCommand {
    fn into_command(self) -> Command {
        Command::Library(self)
    }
}
