"""What we ask of a database: two engines, one set of promises."""
