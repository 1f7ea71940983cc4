//! Where files of ours lie. Nothing is created before it is needed.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

/// The viewer's configuration: `config.toml` lies here. `$XDG_CONFIG_HOME/plenary` or the system's equivalent.
pub fn config() -> PathBuf {
    etcetera::choose_base_strategy()
        .map_or_else(|_| PathBuf::from(".plenary"), |base| base.config_dir().join("plenary"))
}

/// What is remembered from one start to the next: `$XDG_STATE_HOME/plenary` or the system's equivalent.
pub fn state() -> PathBuf {
    etcetera::choose_base_strategy().map_or_else(
        |_| PathBuf::from(".plenary/state"),
        |base| base.state_dir().unwrap_or_else(|| base.data_dir()).join("plenary"),
    )
}

/// What may be deleted at any time: `$XDG_CACHE_HOME/plenary` or the system's equivalent.
pub fn cache() -> PathBuf {
    etcetera::choose_base_strategy()
        .map_or_else(|_| PathBuf::from(".plenary/cache"), |base| base.cache_dir().join("plenary"))
}

/// What the viewer made and no other file holds: `$XDG_DATA_HOME/plenary` or the system's equivalent.
pub fn data() -> PathBuf {
    etcetera::choose_base_strategy()
        .map_or_else(|_| PathBuf::from(".plenary/data"), |base| base.data_dir().join("plenary"))
}

/// Where the viewer's notes lie unless they choose otherwise: `Plenary` in the folder of documents.
pub fn notes() -> PathBuf {
    dirs::document_dir().or_else(dirs::home_dir).map_or_else(|| data().join("notes"), |folder| folder.join("Plenary"))
}
