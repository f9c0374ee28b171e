// The module Layers.
