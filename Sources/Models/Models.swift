// The module Models.
