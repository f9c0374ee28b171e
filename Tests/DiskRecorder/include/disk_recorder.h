#pragma once
// A library to preload (LD_PRELOAD): it writes down, in order and with all data, what a program does to a folder.
