#pragma once
// A library to preload (LD_PRELOAD): it makes opening and reading of some files fail as the system would.
