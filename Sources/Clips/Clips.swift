// The module Clips.
