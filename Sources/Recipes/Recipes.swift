// The module Recipes.
