//! Where files of ours lie. Nothing is created before it is needed.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

/// The viewer's configuration: `config.toml` lies here. `$XDG_CONFIG_HOME/plenary` or the system's equivalent.
pub fn config() -> PathBuf {
    etcetera::choose_base_strategy()
        .map_or_else(|_| PathBuf::from(".plenary"), |base| base.config_dir().join("plenary"))
}
