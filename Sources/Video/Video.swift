// The module Video.
