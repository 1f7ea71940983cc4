//! What can still be read of a damaged store, row by row.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

/// The tables whose rows cannot be made again, those first that others refer to.
const PRECIOUS: [&str; 7] = ["talk", "verdict", "progress", "root", "merged", "queue", "setting"];

/// Copies what can be read of the tables into a new store.
pub(super) fn salvage(into: &Connection, damaged: &Path) {
    let Ok(from) = Connection::open_with_flags(damaged, OpenFlags::SQLITE_OPEN_READ_ONLY) else { return };
    for table in PRECIOUS {
        let copied = copy(into, &from, table);
        tracing::info!("{copied} rows of {table} could be read again");
    }
}

fn copy(into: &Connection, from: &Connection, table: &str) -> usize {
    let Ok(mut query) = from.prepare(&format!("SELECT * FROM {table}")) else { return 0 };
    let names: Vec<String> = query.column_names().map(str::to_owned).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let insert = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", names.join(", "));
    let Ok(mut insert) = into.prepare(&insert) else { return 0 };
    let Ok(mut rows) = query.query([]) else { return 0 };
    let mut copied = 0;
    // The first page that cannot be read ends the table.
    while let Ok(Some(row)) = rows.next() {
        let values: Result<Vec<Value>, _> = (0..names.len()).map(|at| row.get(at)).collect();
        let Ok(values) = values else { continue };
        copied += insert.execute(params_from_iter(values)).unwrap_or(0);
    }
    copied
}
