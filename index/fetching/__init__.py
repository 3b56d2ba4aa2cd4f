"""Where articles come from besides the disk: what sources.toml lists, fetched into files."""
