use super::*;
use crate::command::samples;
use std::collections::BTreeSet;

#[test]
fn every_command_has_a_row_of_its_own() {
    let usages: BTreeSet<String> = rows().iter().map(Row::usage).collect();
    assert_eq!(usages.len(), rows().len(), "two rows have the same usage");
    let used: BTreeSet<usize> = samples::all().iter().map(position).collect();
    assert_eq!(used, (0..rows().len()).collect(), "a row without a sample, or a sample without a row");
}

#[test]
fn a_row_takes_an_argument_if_and_only_if_the_command_holds_one() {
    for command in samples::all() {
        let printed = format!("{command:?}");
        let inner =
            ["Adjust(", "Shape(", "Library(", "Listen(", "Queue(", "Search(", "Sound(", "Transcript(", "Video("]
                .iter()
                .find_map(|group| printed.strip_prefix(group));
        let holds_one = inner.unwrap_or(&printed).contains('(');
        assert_eq!(row(&command).argument != Argument::None, holds_one, "{command:?}");
    }
}

#[test]
fn rows_stand_in_the_order_of_the_sections() {
    assert!(rows().is_sorted_by_key(|row| row.section));
    for section in Section::ALL {
        assert!(rows().iter().any(|row| row.section == section), "{section:?} is empty");
    }
}

#[test]
fn help_is_a_short_phrase_in_sentence_case() {
    for row in rows() {
        assert!(row.help.starts_with(char::is_uppercase), "{row:?}");
        assert!(!row.help.ends_with('.') && row.help.len() <= 60, "{row:?}");
    }
}

#[test]
fn labels_name_the_argument() {
    let label = |text: &str| label(&text.parse().unwrap());
    assert_eq!(label("seek -5s"), "Back 5 seconds");
    assert_eq!(label("seek +1s"), "Forward 1 second");
    assert_eq!(label("seek +0.5s"), "Forward 0.5 seconds");
    assert_eq!(label("seek +1m"), "Forward 1:00");
    assert_eq!(label("seek 40%"), "Go to 40%");
    assert_eq!(label("rate -0.25"), "Slower by 0.25");
    assert_eq!(label("volume +5"), "Louder by 5%");
    assert_eq!(label("slide next"), "Next slide");
}

#[test]
fn the_documented_commands_are_these() {
    samples::compare_with_file("COMMANDS.md", &markdown());
}
